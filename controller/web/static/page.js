// The console page: joins the link, Stop, the sign-in and the view. Nothing here decides anything.

import { allowSound, soundAlarm, soundTrip } from "./alarm.js";
import { Chart } from "./chart.js";
import { Freshness } from "./freshness.js";
import { Link } from "./link.js";
import { Requests } from "./requests.js";
import { bindSignIn, showSignedIn } from "./sign-in.js";
import { Stop } from "./stop.js";
import { bindUnitSwitch } from "./units.js";
import { say, showActions, showCover, showHands, showLive, showSpeed, showState, showWalk } from "./view.js";

const STALE_S = 1;
const DRAW_MS = 100;
const NOTHING = { may: [], confirm_in_s: null };

const $ = (id) => document.getElementById(id);
const now_s = () => performance.now() / 1000;

const known = { telemetry: null, signedIn: false, control: true, met: false, stop: "none", heardAt_s: now_s() };
const freshness = new Freshness();
const chart = new Chart($("chart"));
const buttons = [...document.querySelectorAll("[data-verb]")];

const link = new Link({
  opened: () => {
    known.met = true;
  },
  closed: () => freshness.restart(),
  hello: ({ title }) => {
    $("title").textContent = title;
    document.title = title;
  },
  pulse: ({ signed_in, control }) => {
    known.signedIn = signed_in;
    known.control = control;
    showSignedIn($("sign-in"), $("sign-out"), signed_in);
  },
  refused: ({ reason }) => say(reason),
  requests: ({ requests: rows }) => requests.heard(rows, now_s()),
  telemetry: (telemetry) => {
    const at_s = now_s();
    freshness.heard(telemetry.time_s, at_s);
    if (telemetry.cause !== null && known.telemetry?.cause === null) soundTrip();
    known.telemetry = telemetry;
    known.heardAt_s = at_s;
    if (known.stop === "unconfirmed" && telemetry.belt.at_rest) showStop("none");
    chart.add(at_s, telemetry);
  },
});

const orientation = () => known.telemetry?.orientation ?? null;
const requests = new Requests($("requests"), (id, accept) => link.tap(id, accept, orientation()), say);
new Stop($("stop"), link, showStop);

bindSignIn($("sign-in"), $("sign-out"), () => link.renew(), say);
bindUnitSwitch(document.querySelector(".units"), draw);
for (const type of ["pointerdown", "keydown"]) addEventListener(type, allowSound, { capture: true });

for (const button of buttons) {
  button.addEventListener("click", async () => {
    const { verb } = button.dataset;
    const answer = await link.command(verb, verb === "arm" ? orientation() : null);
    say(answer.accepted ? "" : answer.reason);
  });
}

const STOP_NOTES = {
  none: "or the space bar",
  sent: "Sent, waiting for control…",
  confirmed: "Stop received",
  unconfirmed: "Not confirmed",
};

let stopNoteTimer = null;

function showStop(stage) {
  known.stop = stage;
  $("stop").dataset.stage = stage;
  $("stop-note").textContent = STOP_NOTES[stage];
  clearTimeout(stopNoteTimer);
  if (stage === "confirmed") stopNoteTimer = setTimeout(() => showStop("none"), 4000);
  draw();
}

// The most urgent thing that must be said over everything, or null.
function cover(age_s) {
  if (known.stop === "unconfirmed") {
    return { level: "high", title: "Stop not confirmed. Pull the safety key.", text: "No answer came to Stop. Press it again once the key is pulled." };
  }
  if (known.telemetry?.pull_key) {
    return { level: "high", title: "Pull the safety key.", text: `The stop could not be verified. ${known.telemetry.sentence}` };
  }
  if (age_s <= STALE_S && known.control) return null;
  return {
    level: "stale",
    title: staleTitle(),
    text: "Nothing on this page is current. Look at the belt. If it moves, press Stop, or pull the safety key.",
    age: `Last news ${Math.floor(now_s() - known.heardAt_s)} s ago`,
  };
}

function staleTitle() {
  if (!known.met) return "Connecting to the console.";
  if (!link.open) return "Connection to the console lost.";
  return known.control ? "No live data." : "The control process is not there.";
}

function draw() {
  const age_s = freshness.age_s(now_s());
  const over = cover(age_s);
  showCover(over);
  soundAlarm(over?.level === "high");
  showLive(age_s);
  requests.draw(now_s(), over === null && known.signedIn);
  const { telemetry } = known;
  const since_s = Number.isFinite(age_s) ? age_s : 0;
  showActions(buttons, over === null && telemetry ? telemetry : NOTHING, known.signedIn, since_s);
  if (telemetry === null || over !== null) return;
  showState(telemetry);
  showSpeed(telemetry, since_s);
  showHands(telemetry, since_s);
  showWalk(telemetry);
  chart.draw(now_s());
}

setInterval(draw, DRAW_MS);
