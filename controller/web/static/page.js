// The console page: joins link, Stop, sounds and views. Nothing here decides anything.

import { allowSound, soundAlarm, soundTrip, soundWarning } from "./alarm.js";
import { Freshness } from "./freshness.js";
import { forget } from "./fetched.js";
import { html, render } from "./html.js";
import { changed, known, now_s, onChange, say } from "./known.js";
import { Link } from "./link.js";
import { goTo, placeNow } from "./places.js";
import { samples } from "./samples.js";
import { Stop } from "./stop.js";
import { resync, user } from "./sync.js";
import "./theme.js";
import { Actions } from "./views/actions.js";
import { Cover, cover } from "./views/cover.js";
import { Head } from "./views/head.js";
import { Main } from "./views/main.js";

const DRAW_MS = 100;
const CONFIRMED_MS = 4000;

const $ = (id) => document.getElementById(id);
const freshness = new Freshness();

const link = new Link({
  opened: () => {
    known.met = known.open = true;
    resync();
  },
  closed: () => {
    known.open = false;
    freshness.restart();
  },
  hello: ({ title }) => {
    known.title = document.title = title;
  },
  pulse: (pulse) => {
    known.control = pulse.control;
    user.heard(pulse);
  },
  refused: ({ reason }) => say(reason),
  requests: ({ requests }) => Object.assign(known, { requests, requestsAt_s: now_s() }),
  visit: ({ visit }) => {
    known.visit = visit;
    changed();
  },
  story: ({ story }) => {
    known.story = story;
  },
  mark: ({ mark }) => samples.note(mark),
  event: ({ name }) => {
    if (name === "gives_way") known.changesOverAt_s = now_s();
  },
  commissioning: takeCommissioning,
  telemetry: take,
});

function take(telemetry) {
  const at_s = now_s();
  const before = known.telemetry;
  freshness.heard(telemetry.time_s, at_s);
  known.telemetry = telemetry;
  endCommissioning();
  known.heardAt_s = at_s;
  if (before && trips(telemetry, before)) soundTrip();
  else if (telemetry.cause === null && before && isNew(telemetry.warnings, before.warnings)) soundWarning();
  if (known.stop === "unconfirmed" && telemetry.belt.at_rest) showStop("none");
  samples.add(telemetry);
  if (before?.state !== telemetry.state) {
    changed();
    if (["armed", "walking", "belt_off", "stopping"].includes(telemetry.state)) goTo("walk");
  }
}

// What came of the last one is shown until somebody has read it; it says nothing of now.
function takeCommissioning(message) {
  const before = known.commissioning;
  known.commissioning = message;
  if (known.telemetry !== null) known.telemetry = { ...known.telemetry, may: [] }; // control is away
  if (message.over) {
    if (before === null || before.over) return;
    known.changesOverAt_s = now_s();
    forget("/api/machine");
    return;
  }
  known.countdown_s = null;
  known.heardAt_s = now_s();
  freshness.heard(message.time_s, known.heardAt_s);
  if (known.stop === "unconfirmed" && message.at_rest) showStop("none");
  if (before === null || before.over) changed();
}

// Control is back. One that was not over was lost.
function endCommissioning() {
  if (known.commissioning === null) return;
  known.commissioning = known.commissioning.over ? { ...known.commissioning, pull_key: false } : null;
}

// A stop that a person must reset: the first, one of another cause, or one out of the rest after one.
function trips(telemetry, before) {
  if (telemetry.cause === null) return false;
  const again = before.state === "latched" && telemetry.state === "stopping";
  return telemetry.cause !== before.cause || again;
}

const isNew = (warnings, before) => warnings.some((sentence) => !before.includes(sentence));

const stop = new Stop($("stop"), link, showStop);
for (const type of ["pointerdown", "keydown"]) addEventListener(type, allowSound, { capture: true });
addEventListener("hashchange", () => {
  known.place = placeNow();
  changed();
  $("main").focus({ preventScroll: true });
  scrollTo(0, 0);
});

const STOP_NOTES = {
  none: "or the space bar",
  sent: "Sent, waiting for control…",
  confirmed: "Stop received",
  unconfirmed: "Not confirmed",
};

let stopNoteTimer = null;

function showStop(stage) {
  known.stop = stage;
  if (stage === "sent") known.countdown_s = null;
  $("stop").dataset.stage = stage;
  $("stop-note").textContent = STOP_NOTES[stage];
  clearTimeout(stopNoteTimer);
  if (stage === "confirmed") stopNoteTimer = setTimeout(() => showStop("none"), CONFIRMED_MS);
  changed();
}

// A view that fails is replaced by a sentence; the others go on, and Stop is none of them.
function show(view, place) {
  try {
    render(view(), place);
  } catch (error) {
    place.textContent = "This part of the page failed. Reload the page; Stop works.";
    reportError(error);
  }
}

function draw() {
  known.age_s = freshness.age_s(now_s());
  const over = cover();
  soundAlarm(over?.level === "high");
  const element = $("cover");
  element.hidden = over === null;
  if (over !== null) element.dataset.level = over.level;
  show(() => html`<${Cover} over=${over} />`, element);
  show(() => html`<${Head} link=${link} />`, $("head"));
  show(() => html`<${Main} link=${link} stop=${stop} covered=${over !== null} />`, $("main"));
  show(() => html`<${Actions} link=${link} covered=${over !== null} />`, $("actions"));
}

known.place = placeNow();
onChange(draw);
setInterval(draw, DRAW_MS);
draw();
