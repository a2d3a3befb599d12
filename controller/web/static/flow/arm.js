// The last step at rest: the sensors prove themselves, and arming confirms which way the patient faces.

import { html } from "../html.js";
import { known } from "../known.js";
import { Hands } from "../views/hands.js";
import { Missing } from "./forms.js";
import { CloseVisit } from "./close.js";

const FACING = {
  turned: "The patient stands turned round, facing the rear. The belt runs forward.",
  reverse_belt: "The patient faces the front. The belt runs in reverse.",
};

export function ArmStep({ visit, enter }) {
  const { telemetry } = known;
  if (telemetry === null) return html`<p>Waiting for data.</p>`;
  const held = telemetry.grip.left && telemetry.grip.right;
  const ready = visit.refused.length + visit.missing.length + telemetry.missing.length === 0;
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
      <${Missing} sentences=${[...visit.refused, ...visit.missing, ...telemetry.missing]} title="Still missing" />
      ${telemetry.may.includes("arm") && ready && html`<p class="quiet">Now press Arm, beside Stop. Start comes after it, with a countdown.</p>`}
      <div class="ways"><${CloseVisit} visit=${visit} enter=${enter} /></div>
    </div>
    <${Hands} telemetry=${telemetry} since_s=${Number.isFinite(known.age_s) ? known.age_s : 0} />
  </div>`;
}
