// The last step at rest: the sensors prove themselves, and arming confirms which way the patient faces.

import { fetched } from "../fetched.js";
import { html } from "../html.js";
import { known } from "../known.js";
import { Hands } from "../views/hands.js";
import { Missing } from "./forms.js";
import { CloseVisit } from "./close.js";

const FACING = {
  turned: "The patient stands turned round, facing the rear. The belt runs forward.",
  reverse_belt: "The patient faces the front. The belt runs in reverse.",
};

const NO_HEART = "The heart rate is not heard: put the strap on, or take this patient’s limit away on the patient’s page.";
const NO_SPEED = "This program goes by the patient’s measured walking speed: enter it on the patient’s page.";

// What control would refuse an arming for, of what the archive knows of the patient.
function ofThePatient(visit, telemetry) {
  const program = fetched("/api/programs")?.programs?.find(({ id }) => id === visit.program);
  const sentences = [];
  if (visit.heart_rate_limit_bpm && !Number.isFinite(telemetry.heart_rate_bpm)) sentences.push(NO_HEART);
  if (program?.asks_baseline && !visit.baseline_mps) sentences.push(NO_SPEED);
  return sentences;
}

export function ArmStep({ visit, enter }) {
  const { telemetry } = known;
  if (telemetry === null) return html`<p>Waiting for data.</p>`;
  const held = telemetry.grip.left && telemetry.grip.right;
  const missing = [...visit.refused, ...visit.missing, ...telemetry.missing, ...ofThePatient(visit, telemetry)];
  const ready = missing.length === 0;
  const proof = [
    [telemetry.belt.linked && telemetry.belt.at_rest, "The belt is at rest"],
    [telemetry.grip.proven, "Both hands held, let go once, and held again: the sensors work"],
    [held, "Both hands hold the rails"],
    [ready, "Nothing else is missing"],
  ];
  return html`<div class="columns">
    <div class="stack">
      <p class="facing"><strong>${FACING[visit.orientation]}</strong> Arm confirms it.</p>
      <ul class="proof" aria-label="Proof before arming" aria-live="polite">
        ${proof.map(([done, text]) => html`<li data-done=${done ? "yes" : "no"}>${text}<span class="unseen">${done ? ": done" : ": not yet"}</span></li>`)}
      </ul>
      <${Missing} sentences=${missing} title="Still missing" />
      ${telemetry.may.includes("arm") && ready && html`<p class="quiet">Now press Arm, beside Stop. Start comes after it, with a countdown.</p>`}
      <div class="ways"><${CloseVisit} visit=${visit} enter=${enter} /></div>
    </div>
    <${Hands} telemetry=${telemetry} since_s=${Number.isFinite(known.age_s) ? known.age_s : 0} />
  </div>`;
}
