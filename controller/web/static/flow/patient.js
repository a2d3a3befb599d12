// Who walks, and by which program. A patient is a code that the clinic chose, never a name.

import { post, put } from "../api.js";
import { fetched, forget } from "../fetched.js";
import { html } from "../html.js";
import { changed, known, may, say } from "../known.js";
import { fromUnit, currentUnit, shown } from "../units.js";
import { answers, Field, number, said, Select } from "./forms.js";

let chosen = null; // the patient's code
let describing = false; // the chosen one anew

export function PatientStep() {
  if (!known.signedIn) return html`<p>Sign in to choose a patient. The free walk without one is on <a href="#walk">Walk</a>.</p>`;
  const patients = fetched("/api/patients");
  const programs = fetched("/api/programs");
  if (patients === null || programs === null) return html`<p class="quiet">Asking…</p>`;
  if (patients.reason || programs.reason) return html`<p class="missing">${patients.reason || programs.reason}</p>`;
  const list = patients.patients;
  const now = list.find(({ pseudonym }) => pseudonym === chosen) ?? null;
  return html`<div class="columns">
    <div>
      <h3>Patients</h3>
      <ul class="choices" aria-label="Patients">
        ${list.map(
          (patient) => html`<li key=${patient.pseudonym}>
            <button type="button" aria-pressed=${now === patient ? "true" : "false"} onClick=${() => choose(patient.pseudonym)}>
              ${patient.pseudonym}<small>${about(patient, programs.programs)}</small>
            </button>
          </li>`,
        )}
      </ul>
      ${list.length === 0 && html`<p class="quiet">There are none yet. Enter the first one.</p>`}
      ${now !== null && describing
        ? html`<section class="more"><h3>${now.pseudonym} from now on</h3><${Describe} key=${now.pseudonym} patient=${now} /></section>`
        : html`<details class="more"><summary>New patient</summary><${Describe} /></details>`}
    </div>
    <${Program} patient=${now} programs=${programs.programs} />
  </div>`;
}

function choose(pseudonym) {
  chosen = pseudonym;
  describing = false;
  changed();
}

function describe() {
  describing = !describing;
  changed();
}

function about({ program, heart_rate_limit_bpm, baseline_mps }, programs) {
  const parts = [programs.find(({ id }) => id === program)?.title ?? "no program yet"];
  if (baseline_mps) parts.push(`baseline ${shown(baseline_mps)} ${currentUnit()}`);
  if (heart_rate_limit_bpm) parts.push(`heart rate up to ${heart_rate_limit_bpm}`);
  return parts.join(" · ");
}

// A description stands as a whole: what is left empty is not known any more.
function Describe({ patient = null }) {
  const submit = async (event) => {
    event.preventDefault();
    const given = answers(event.currentTarget);
    const speed = number(given.baseline);
    const code = patient?.pseudonym ?? given.pseudonym;
    const described = said({
      baseline_mps: speed === null ? null : fromUnit(speed),
      heart_rate_limit_bpm: number(given.heart_rate_limit),
      program: patient?.program ?? null,
    });
    const answer = await put(`/api/patients/${encodeURIComponent(code)}`, described);
    if (!answer.accepted) return say(answer.reason);
    chosen = code;
    describing = false;
    forget("/api/patients");
  };
  return html`<form onSubmit=${submit} class="stack">
    ${patient === null && html`<${Field} name="pseudonym" label="Code" required maxlength="32" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" autocomplete="off"
      hint="Letters, digits, dots and dashes. Not a name, not a date of birth." />`}
    <${Field} name="baseline" label="Comfortable backward speed (${currentUnit()})" type="number" step="0.01" min="0.05" max="7" defaultValue=${patient?.baseline_mps ? shown(patient.baseline_mps) : ""} hint="As measured over ground, if it was." />
    <${Field} name="heart_rate_limit" label="Heart rate limit (bpm)" type="number" min="60" max="220" defaultValue=${patient?.heart_rate_limit_bpm ?? ""} hint="The clinician’s. Without one there is no heart-rate rule." />
    <button type="submit">${patient === null ? "Enter the patient" : "Keep what is known"}</button>
  </form>`;
}

function named({ title, minutes, belt_off, own }) {
  const parts = [title, minutes && `${Math.round(minutes)} min`, belt_off && "motor off", own && "the clinic’s own"];
  return parts.filter(Boolean).join(" · ");
}

function Program({ patient, programs }) {
  if (patient === null) return html`<div><h3>Program</h3><p class="quiet">Choose a patient first.</p></div>`;
  const submit = async (event) => {
    event.preventDefault();
    const { program } = answers(event.currentTarget);
    const orientation = known.telemetry?.orientation;
    const answer = await post("/api/visit", { patient: patient.pseudonym, program, orientation });
    if (!answer.accepted) return say(answer.reason);
    known.visit = answer.visit;
    changed();
  };
  const options = programs.map(({ id, ...about }) => [id, named(about)]);
  return html`<form onSubmit=${submit} class="stack" key=${patient.pseudonym}>
    <h3>Program for ${patient.pseudonym}</h3>
    <${Select} name="program" label="Program" options=${options} now=${patient.program ?? "free-walk"} />
    <button type="submit" class="next" disabled=${!may("supervisor") || !known.telemetry?.orientation}>Begin the visit</button>
    <button type="button" disabled=${!may("supervisor")} onClick=${describe}>${describing ? "Leave it as it was" : `Change what is known of ${patient.pseudonym}`}</button>
    ${!may("supervisor") && html`<p class="quiet">Only a supervisor begins a visit.</p>`}
  </form>`;
}
