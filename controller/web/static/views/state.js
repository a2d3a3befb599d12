// What the session is doing, in one word and one sentence; what is missing; what the network asks.

import { html } from "../html.js";
import { known } from "../known.js";
import { clock } from "../units.js";
import { Requests } from "./requests.js";

const WORDS = {
  unknown: "Waiting for data",
  idle: "Idle",
  armed: "Armed",
  walking: "Walking",
  belt_off: "Walking, motor off",
  slowing: "Slowing down",
  stopping: "Stopping",
  latched: "Stopped, waiting for reset",
};
const MISSING = { idle: "Before you can arm", armed: "Before you can start", latched: "Before you can reset" };

export function State({ telemetry, since_s, link, covered }) {
  const { state, warnings, missing } = telemetry;
  const rests = Number.isFinite(telemetry.rest_left_s);
  const word = rests ? "Rest" : (WORDS[state] ?? state);
  const sentence = rests ? goesOn(telemetry, since_s) : state === "belt_off" ? "" : telemetry.sentence;
  const more = sentence.startsWith(`${word}.`) ? sentence.slice(word.length + 1).trim() : sentence;
  return html`<section id="state" aria-label="State" data-state=${state} data-rest=${rests ? "yes" : null}>
    <div role="status">
      <h2 id="state-word">${word}</h2>
      ${more && html`<p id="sentence">${more}</p>`}
    </div>
    <${Clears} telemetry=${telemetry} />
    <${Next} telemetry=${telemetry} />
    ${warnings.length > 0 &&
    html`<ul id="warnings" aria-label="Warnings" aria-live="polite">
      ${warnings.map((warning) => html`<li key=${warning}>${warning}</li>`)}
    </ul>`}
    ${missing.length > 0 &&
    html`<div id="missing">
      <h3 id="missing-title">${rests ? "Before you can go on" : (MISSING[state] ?? "Still missing")}</h3>
      <ul id="missing-list">
        ${missing.map((each) => html`<li key=${each}>${each}</li>`)}
      </ul>
    </div>`}
    <${Requests} link=${link} covered=${covered} />
  </section>`;
}

// A rest that the program plans: when Start goes on, and what it needs. After that, control's word.
function goesOn({ rest_left_s, sentence }, since_s) {
  if (rest_left_s === 0) return sentence;
  return `Start goes on in ${clock(Math.ceil(Math.max(0, rest_left_s - since_s)))}, with both hands on the rails.`;
}

function Clears({ telemetry: { state, clears } }) {
  if (state !== "latched" || !clears) return null;
  return html`<p id="clears">To clear it: ${clears}</p>`;
}

// The way on, where nobody walks: the visit that waits for its next step.
function Next({ telemetry: { state } }) {
  if (state !== "idle" || !known.signedIn) return null;
  const text = known.visit ? `Go on with ${known.visit.patient}` : "Begin a session with a patient";
  return html`<p id="next"><a class="button" href="#session">${text}</a></p>`;
}
