// One visit, step by step. Each step says in plain words what is still missing.

import { post } from "../api.js";
import { html } from "../html.js";
import { changed, known, may, say } from "../known.js";
import { After } from "./after.js";
import { ArmStep } from "./arm.js";
import { Before } from "./before.js";
import { Checklist } from "./checklist.js";
import { PatientStep } from "./patient.js";
import { canLook, due, look, lookAhead, NAMES, shownStep, STEPS } from "./steps.js";
import { Summary } from "./summary.js";

const VIEWS = { patient: PatientStep, checklist: Checklist, before: Before, arm: ArmStep, walk: WalkStep, after: After, summary: Summary };

let focused = null;

export function Session({ link }) {
  const step = shownStep();
  const View = VIEWS[step];
  return html`
    <${Trail} step=${step} />
    <section class="step card" aria-labelledby="step-title" ref=${(element) => focusOn(element, step)}>
      <h2 id="step-title" tabindex="-1">${title(step)}</h2>
      ${may("supervisor") || step === "patient" ? null : html`<p class="quiet">Sign in as a supervisor to go on.</p>`}
      <${View} key=${step} link=${link} visit=${known.visit} enter=${enter} />
    </section>
  `;
}

const title = (step) => (known.visit && step !== "patient" ? `${STEPS[step]}: ${known.visit.patient}` : "Who walks today?");

// A new step is read out from its title, for those who cannot see that the page changed.
function focusOn(element, step) {
  if (element === null || focused === step) return;
  if (focused !== null) element.querySelector("#step-title").focus();
  focused = step;
}

function Trail({ step }) {
  const reached = NAMES.indexOf(due(known.visit));
  const go = (name) => {
    look(name);
    changed();
  };
  return html`<ol class="trail" aria-label="Steps of the visit">
    ${NAMES.map((name, index) => {
      const state = name === step ? "now" : index < reached ? "done" : "later";
      const back = canLook(name) && name !== step;
      return html`<li data-state=${state} aria-current=${state === "now" ? "step" : null}>
        ${back ? html`<button type="button" onClick=${() => go(name)}>${STEPS[name]}</button>` : html`<span>${STEPS[name]}</span>`}
      </li>`;
    })}
  </ol>`;
}

// Entries of the visit, one after the other; the first that is refused is said, and ends them.
export async function enter(...entries) {
  for (const entry of entries) {
    const answer = await post("/api/visit/entries", entry);
    if (!answer.accepted) {
      say(answer.reason);
      return false;
    }
    known.visit = answer.visit ?? null;
  }
  lookAhead();
  changed();
  return true;
}

function WalkStep() {
  return html`<p>The patient walks.</p><p><a class="button next" href="#walk">Show the walk</a></p>`;
}
