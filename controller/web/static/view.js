// Telemetry onto the page. Each function draws one part from what is known now; none
// keeps state but for the note over the buttons, which goes away by itself.

import { shown } from "./units.js";

const BELT_STALE_S = 2; // machines report about once a second
const GRIP_STALE_S = 0.25; // the grip unit sends at least 20 frames a second
const CONFIRM_SOON_S = 15;
const NOTE_MS = 8000;

const STATE_WORDS = {
  idle: "Idle",
  armed: "Armed",
  walking: "Walking",
  slowing: "Slowing down",
  stopping: "Stopping",
  latched: "Stopped, waiting for reset",
};
const MISSING_TITLES = { idle: "Before you can arm", armed: "Before you can start", latched: "Before you can reset" };
const NEXT_STEPS = ["reset", "start", "arm"]; // the first that is allowed stands out
const HANDS = {
  held: ["#shape-held", "Held"],
  off: ["#shape-off", "Off the rail"],
  unknown: ["#shape-unknown", "Unknown"],
};

const $ = (id) => document.getElementById(id);

// Only a change is written: a live region speaks again at every write.
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function putOptional(element, text) {
  put(element, text);
  element.hidden = text === "";
}

function putList(list, sentences) {
  if (list.dataset.shown === JSON.stringify(sentences)) return;
  list.dataset.shown = JSON.stringify(sentences);
  list.replaceChildren(
    ...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
  );
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const seconds = (value_s) => `${value_s.toFixed(1)} s`;

export function showState(telemetry) {
  $("state").dataset.state = telemetry.state;
  const word = STATE_WORDS[telemetry.state] ?? telemetry.state;
  put($("state-word"), word);
  putOptional($("sentence"), telemetry.sentence === `${word}.` ? "" : telemetry.sentence);
  putOptional($("clears"), telemetry.state === "latched" && telemetry.clears ? `To clear it: ${telemetry.clears}` : "");
  putList($("warnings"), telemetry.warnings);
  $("warnings").hidden = telemetry.warnings.length === 0;
  put($("missing-title"), MISSING_TITLES[telemetry.state] ?? "Still missing");
  putList($("missing-list"), telemetry.missing);
  $("missing").hidden = telemetry.missing.length === 0;
}

// `since_s`: time since this telemetry was current; every age in it has grown by that much.
export function showSpeed(telemetry, since_s) {
  const { belt } = telemetry;
  const age_s = belt.age_s === null ? Infinity : belt.age_s + since_s;
  const stale = !belt.linked || !(age_s <= BELT_STALE_S);
  $("speed").classList.toggle("stale", stale);
  put($("belt"), shown(belt.speed_mps));
  put($("belt-note"), beltNote(belt, age_s, stale));
  put($("set-point"), shown(telemetry.set_point_mps));
  put($("cap"), shown(telemetry.cap_mps));
  put($("cap-source"), telemetry.cap_source);
}

function beltNote(belt, age_s, stale) {
  if (belt.speed_mps === null) return belt.linked ? "The treadmill has not reported yet" : "No treadmill";
  if (stale) return `${belt.linked ? "Old" : "Treadmill lost"}: reported ${seconds(age_s)} ago, not current`;
  return `${belt.at_rest ? "At rest" : "Moving"}, reported ${seconds(age_s)} ago`;
}

export function showHands(telemetry, since_s) {
  const { grip } = telemetry;
  const age_s = grip.age_s === null ? Infinity : grip.age_s + since_s;
  const known = grip.age_s !== null && grip.age_s <= GRIP_STALE_S;
  for (const side of ["left", "right"]) showHand($(side), known ? (grip[side] ? "held" : "off") : "unknown");
  $("hands").classList.toggle("stale", !known);
  put($("hands-note"), handsNote(grip, age_s, known));
}

function showHand(element, kind) {
  if (element.dataset.kind === kind) return;
  const [shape, text] = HANDS[kind];
  element.dataset.kind = kind;
  element.querySelector("use").setAttribute("href", shape);
  put(element.querySelector("span"), text);
}

function handsNote(grip, age_s, known) {
  if (!known) return Number.isFinite(age_s) ? `No news from the grip unit for ${seconds(age_s)}` : "No grip unit";
  const parts = [grip.proven ? "Sensors proven" : "Sensors not proven yet"];
  if (grip.tether !== null) parts.push(grip.tether ? "tether in place" : "tether pulled");
  if (grip.battery_pct !== null) parts.push(`battery ${Math.round(grip.battery_pct)} %`);
  return parts.join(" · ");
}

export function showWalk(telemetry) {
  const parts = [telemetry.program, `${clock(telemetry.walked_s)} walked`];
  if (telemetry.distance_m !== null) parts.push(`${Math.round(telemetry.distance_m)} m`);
  put($("walked"), parts.filter(Boolean).join(" · "));
}

// A button is on when control would take its verb and the person is signed in.
export function showActions(buttons, { may, confirm_in_s, orientation }, signedIn, since_s) {
  const next = NEXT_STEPS.find((verb) => may.includes(verb));
  const left_s = confirm_in_s === null ? null : Math.max(0, confirm_in_s - since_s);
  for (const button of buttons) {
    const { verb } = button.dataset;
    const soon = verb === "present" && left_s !== null && left_s <= CONFIRM_SOON_S;
    button.disabled = !(signedIn && may.includes(verb));
    button.classList.toggle("next", !button.disabled && (verb === next || soon));
    if (verb === "present") put(button, left_s === null ? "I am here" : `I am here (${Math.ceil(left_s)} s)`);
  }
  showArm(buttons.find((button) => ["arm", "disarm"].includes(button.dataset.verb)), may, orientation);
}

// Arm confirms how the patient walks, and turns into its own way back.
const HOW = { turned: "patient turned round", reverse_belt: "belt in reverse" };

function showArm(button, may, orientation) {
  const verb = may.includes("disarm") && !may.includes("arm") ? "disarm" : "arm";
  const how = verb === "arm" ? HOW[orientation] ?? "" : "";
  const shown = `${verb} ${how}`;
  if (button.dataset.shown === shown) return;
  Object.assign(button.dataset, { verb, shown });
  const note = Object.assign(document.createElement("small"), { textContent: how });
  button.replaceChildren(verb === "arm" ? "Arm" : "Disarm", note);
}

// What lies over everything but Stop, or nothing.
export function showCover(cover) {
  const element = $("cover");
  element.hidden = cover === null;
  if (cover === null) return;
  element.dataset.level = cover.level;
  put($("cover-title"), cover.title);
  put($("cover-text"), cover.text);
  put($("cover-age"), cover.age ?? "");
}

export function showLive(age_s) {
  put($("live"), age_s <= 1 ? `Live · ${seconds(Math.max(0, age_s))}` : "No live data");
}

let noteTimer = null;

// One sentence over the buttons, for as long as it takes to read it.
export function say(text) {
  put($("note"), text);
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => put($("note"), ""), NOTE_MS);
}
