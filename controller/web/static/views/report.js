// What the patient says during the walk: pain from 0 to 10, and symptoms. The buttons are there
// when control takes reports; the stop rules are control's.

import { html } from "../html.js";
import { known, may as role, say } from "../known.js";

export const SYMPTOMS = {
  patient_request: "Wants to stop",
  dizziness: "Dizzy",
  chest_pain: "Chest pain",
  breathlessness: "Breathless",
  giving_way: "Knee gives way",
  ataxia: "Unsteady",
  pallor: "Pale",
  confusion: "Confused",
};
const PAIN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

let told = null; // by this page, last

// Stop rules in use: from 4 hold, from 6 end.
const grade = (pain) => (pain >= 6 ? "red" : pain >= 4 ? "amber" : "green");

export function Report({ telemetry, link, covered }) {
  if (!telemetry.may.includes("report")) return null;
  const enabled = role("supervisor") && !covered;
  const send = async (more) => {
    const answer = await link.command("report", { told: more });
    if (answer.accepted && "pain_nprs" in more) told = more.pain_nprs;
    say(answer.accepted ? "Noted." : answer.reason);
  };
  const last = told;
  return html`<section id="report" class="card" aria-label="What the patient says">
    <div role="group" aria-labelledby="pain-title">
      <h3 id="pain-title">Pain now <${Peak} telemetry=${telemetry} /></h3>
      <div class="scale">
        ${PAIN.map(
          (pain) => html`<button type="button" data-grade=${grade(pain)} aria-pressed=${last === pain ? "true" : "false"}
            aria-label="Pain ${pain} of 10" disabled=${!enabled} onClick=${() => send({ pain_nprs: pain })}>${pain}</button>`,
        )}
      </div>
    </div>
    <div role="group" aria-labelledby="symptom-title">
      <h3 id="symptom-title">Symptom: ends the walk</h3>
      <div class="symptoms">
        ${Object.entries(SYMPTOMS).map(
          ([symptom, name]) => html`<button type="button" disabled=${!enabled}
            onClick=${() => send({ symptom })}>${name}</button>`,
        )}
      </div>
    </div>
  </section>`;
}

function Peak({ telemetry: { pain_peak, pain_before } }) {
  const parts = [];
  if (Number.isFinite(pain_before)) parts.push(`before ${pain_before}`);
  if (Number.isFinite(pain_peak)) parts.push(`peak ${pain_peak}`);
  return parts.length ? html`<span class="quiet">${parts.join(" · ")}</span>` : null;
}
