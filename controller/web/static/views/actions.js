// The buttons beside Stop. A button is on when control would take its verb and a supervisor is
// signed in. Start counts down first, aloud and in figures; anything else ends the countdown.

import { countDown } from "../countdown.js";
import { html } from "../html.js";
import { known, may as role, say } from "../known.js";
import { clock, currentUnit, shown } from "../units.js";
import { measuring } from "./measuring.js";

const NEXT_STEPS = ["reset", "start", "arm"]; // the first that is allowed stands out
const CONFIRM_SOON_S = 15;
const HOW = { turned: "patient turned round", reverse_belt: "belt in reverse" };
const STEPS = ["slower", "faster"];

export function Actions({ link, covered }) {
  const telemetry = known.telemetry;
  const may = covered || telemetry === null || measuring() ? [] : telemetry.may;
  const allowed = (verb) => role("supervisor") && may.includes(verb);
  const send = async (verb, more) => {
    const answer = await link.command(verb, more);
    say(answer.accepted ? "" : answer.reason);
  };
  const part = { telemetry, may, allowed, send, next: NEXT_STEPS.find((verb) => may.includes(verb)) };
  return html`
    <p id="note" role="status">${known.note}</p>
    ${known.countdown_s !== null && html`<p id="countdown" aria-hidden="true">${known.countdown_s}</p>`}
    <div class="actions" role="group" aria-label="Commands">
      <${Arm} ...${part} />
      <${Start} ...${part} />
      ${STEPS.map((verb) => html`<${Step} verb=${verb} ...${part} />`)}
      <${Button} verb="reset" name="Reset" ...${part} />
      <${Present} ...${part} />
    </div>
  `;
}

function Button({ verb, name, note, more, allowed, send, next, soon = false, onClick }) {
  const on = allowed(verb);
  return html`<button type="button" data-verb=${verb} disabled=${!on}
    class=${on && (verb === next || soon) ? "next" : ""}
    onClick=${onClick ?? (() => send(verb, more))}>
    ${name}${note && html`<small>${note}</small>`}
  </button>`;
}

// Arm confirms how the patient walks, and turns into its own way back.
function Arm(part) {
  const { telemetry, may } = part;
  if (may.includes("disarm") && !may.includes("arm")) return html`<${Button} verb="disarm" name="Disarm" ...${part} />`;
  const more = { orientation: telemetry?.orientation ?? null };
  return html`<${Button} verb="arm" name="Arm" note=${HOW[telemetry?.orientation]} more=${more} ...${part} />`;
}

function Start(part) {
  const counting = known.countdown_s !== null;
  const start = () => countDown(() => part.send("start"));
  return html`<${Button} verb="start" name=${counting ? "Do not start" : "Start"} note=${counting ? "" : startNote(part.telemetry)} ...${part} onClick=${start} />`;
}

// What is unusual about a start: it goes on after a rest, or starts no motor.
function startNote(telemetry) {
  if (telemetry === null || telemetry.state !== "armed") return "";
  if (Number.isFinite(telemetry.rest_left_s)) return telemetry.rest_left_s > 0 ? `goes on in ${clock(Math.ceil(telemetry.rest_left_s))}` : "goes on";
  return telemetry.belt_off ? "the motor stays off" : "";
}

function Step({ verb, ...part }) {
  const step = part.telemetry?.step_mps;
  const sign = verb === "slower" ? "−" : "+";
  const note = Number.isFinite(step) ? `${sign}${shown(step)} ${currentUnit()}` : "";
  return html`<${Button} verb=${verb} name=${verb === "slower" ? "Slower" : "Faster"} note=${note} ...${part} />`;
}

function Present(part) {
  const { confirm_in_s = null } = part.may.length ? part.telemetry : {};
  const left_s = confirm_in_s === null ? null : Math.max(0, confirm_in_s - Math.min(known.age_s, 60));
  const name = left_s === null ? "I am here" : `I am here (${Math.ceil(left_s)} s)`;
  return html`<${Button} verb="present" name=${name} soon=${left_s !== null && left_s <= CONFIRM_SOON_S} ...${part} />`;
}
