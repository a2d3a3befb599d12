// What the patient says during the walk: pain, effort, symptoms. The buttons are there when control
// takes reports; the stop rules are control's. A symptom works as Stop does: from anybody, signed in
// or not, and where control does not take it, Stop is pressed for it.

import { chooseScale, currentScale, otherScale, said, SCALES } from "../effort.js";
import { html } from "../html.js";
import { changed, may as role, say } from "../known.js";

export const SYMPTOMS = {
  patient_request: "Wants to end",
  dizziness: "Dizzy",
  chest_pain: "Chest pain",
  breathlessness: "Short of breath",
  giving_way: "Knee gives way",
  ataxia: "Unsteady",
  pallor: "Pale",
  confusion: "Confused",
};
const PARTS = { pain: "Pain now", effort: "Effort", symptom: "Symptom" };
const PAIN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

let part = null; // which question is open; pain, unless somebody chose
let told = null; // the pain that this page told last

// Stop rules in use: from 4 hold, from 6 end.
const grade = (pain) => (pain >= 6 ? "red" : pain >= 4 ? "amber" : "green");

export function Report({ telemetry, link, stop, covered }) {
  if (!telemetry.may.includes("report") || telemetry.state === "latched") return null;
  const open = part ?? (role("supervisor") ? "pain" : "symptom");
  const tell = async (more) => {
    const answer = await link.command("report", { told: more });
    if (answer.accepted && "pain_nprs" in more) told = more.pain_nprs;
    if (answer.accepted) part = null;
    say(answer.accepted ? "Noted." : answer.reason);
  };
  const asked = { telemetry, tell, enabled: role("supervisor") && !covered };
  return html`<section id="report" class="card" aria-label="What the patient says" data-part=${open}>
    <div class="tabs" role="group" aria-label="Question">
      ${Object.entries(PARTS).map(
        ([name, title]) => html`<button type="button" data-part=${name} aria-pressed=${open === name ? "true" : "false"} onClick=${() => ask(name)}>${title}</button>`,
      )}
      <${Known} telemetry=${telemetry} part=${open} />
    </div>
    ${open === "effort" ? html`<${Effort} ...${asked} />` : html`<${Pain} ...${asked} />`}
    <${Symptoms} link=${link} stop=${stop} enabled=${!covered} />
  </section>`;
}

function ask(name) {
  part = name;
  changed();
}

function Pain({ enabled, tell }) {
  return html`<div class="scale ask" role="group" aria-label="Pain now">
    ${PAIN.map(
      (pain) => html`<button type="button" key=${pain} data-grade=${grade(pain)} aria-pressed=${told === pain ? "true" : "false"}
        aria-label="Pain ${pain} of 10" disabled=${!enabled} onClick=${() => tell({ pain_nprs: pain })}>${pain}</button>`,
    )}
  </div>`;
}

function Effort({ enabled, tell }) {
  const { span, from, to } = SCALES[currentScale()];
  const figures = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return html`<div class="scale ask" role="group" aria-label="Effort, ${span}" data-count=${figures.length}>
    ${figures.map(
      (effort) => html`<button type="button" key="effort-${effort}" aria-label="Effort ${effort} of ${span}" disabled=${!enabled}
        onClick=${() => tell({ effort, effort_scale: currentScale() })}>${effort}</button>`,
    )}
  </div>`;
}

function Symptoms({ link, stop, enabled }) {
  const tell = async (symptom) => {
    const answer = await link.command("report", { told: { symptom } });
    if (!answer.accepted) stop.press();
    say(answer.accepted ? `${SYMPTOMS[symptom]}: noted, and the walk ends.` : `${answer.reason} Stop is pressed for it.`);
  };
  return html`<div class="symptom" role="group" aria-labelledby="symptom-title">
    <h3 id="symptom-title">Symptom: stops the belt <span class="quiet">works without sign-in</span></h3>
    <div class="symptoms">
      ${Object.entries(SYMPTOMS).map(
        ([symptom, name]) => html`<button type="button" disabled=${!enabled} onClick=${() => tell(symptom)}>${name}</button>`,
      )}
    </div>
  </div>`;
}

// What is known already; beside the question of effort, the way to the other scale.
function Known({ telemetry: { pain_peak, pain_before, effort, effort_scale }, part: open }) {
  if (open === "effort") {
    const choose = () => {
      chooseScale(otherScale());
      changed();
    };
    const last = Number.isFinite(effort) ? html`<span class="quiet">${said({ rating: effort, scale: effort_scale })}</span>` : null;
    return html`${last}<button type="button" class="other" onClick=${choose}>Scale ${SCALES[otherScale()].span}</button>`;
  }
  const parts = [];
  if (Number.isFinite(pain_before)) parts.push(`before ${pain_before}`);
  if (Number.isFinite(pain_peak)) parts.push(`peak ${pain_peak}`);
  return parts.length ? html`<span class="quiet">${parts.join(" · ")}</span>` : null;
}
