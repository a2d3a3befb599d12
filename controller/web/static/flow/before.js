// Measurements at rest. Pain is asked of everybody; the rest as the patient needs it.

import { html } from "../html.js";
import { may } from "../known.js";
import { answers, Field, measured, Missing, Scale } from "./forms.js";
import { CloseVisit } from "./close.js";

export function Before({ visit, enter }) {
  const before = visit.measured.find(({ moment }) => moment === "before") ?? {};
  const submit = async (event) => {
    event.preventDefault();
    await enter(measured("before", answers(event.currentTarget)));
  };
  return html`<form onSubmit=${submit} class="stack">
    <${Scale} name="pain" legend="Pain now" low="0: none" high="10: worst imaginable" value=${before.pain_nprs ?? null} required />
    <${Vitals} of=${before} />
    <${Missing} sentences=${before.moment ? [...visit.refused, ...visit.missing] : []} title="Still between the patient and the belt" />
    <div class="ways">
      <${CloseVisit} visit=${visit} enter=${enter} />
      <button type="submit" class="next" disabled=${!may("supervisor")}>Keep, go on</button>
    </div>
  </form>`;
}

export function Vitals({ of }) {
  const { heart_rate_bpm = "", pressure = null, spo2_pct = "" } = of;
  return html`<div class="row">
    <${Field} name="systolic" label="Blood pressure, systolic (mmHg)" type="number" min="50" max="300" defaultValue=${pressure?.systolic_mmhg ?? ""} />
    <${Field} name="diastolic" label="diastolic (mmHg)" type="number" min="20" max="200" defaultValue=${pressure?.diastolic_mmhg ?? ""} />
    <${Field} name="heart_rate" label="Heart rate (bpm)" type="number" min="20" max="260" defaultValue=${heart_rate_bpm} />
    <${Field} name="spo2" label="Oxygen saturation (%)" type="number" min="50" max="100" defaultValue=${spo2_pct} />
  </div>`;
}
