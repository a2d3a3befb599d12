// Before the walk: questions, consent, and what must be looked at. Nothing is answered beforehand.

import { fetched } from "../fetched.js";
import { html } from "../html.js";
import { known, may, say } from "../known.js";
import { answers, Check, Field, Missing, number, said, YesNo } from "./forms.js";
import { CloseVisit } from "./close.js";

const HOW = {
  turned: "The patient stands turned round, facing the rear; the belt runs forward.",
  reverse_belt: "The patient faces the front; the belt runs in reverse.",
};

export function Checklist({ visit, enter }) {
  const asked = fetched("/api/checklist");
  if (asked === null) return html`<p class="quiet">Asking…</p>`;
  if (asked.reason) return html`<p class="missing">${asked.reason}</p>`;
  const before = visit.screening?.answers ?? {};
  const submit = async (event) => {
    event.preventDefault();
    const given = answers(event.currentTarget);
    const left = unanswered(asked, given);
    if (left) return say(left);
    await enter(screening(asked, given), consent(given), checks(given));
  };
  return html`<form onSubmit=${submit} class="stack" noValidate>
    <div class="columns">
      <fieldset class="group">
        <legend><h3>${asked.parq.form}: answers on the patient’s form</h3></legend>
        <button type="button" class="small" onClick=${allNo}>All seven are “No”</button>
        ${asked.parq.topics.map(
          ({ key, topic }) => html`<${YesNo} key=${key} name=${key} ask=${sentence(topic)} answer=${before[key]} />`,
        )}
        <${Field} name="parq_version" label="Edition of the form" defaultValue=${visit.screening?.parq_version ?? ""} maxlength="32" />
      </fieldset>
      <fieldset class="group">
        <legend><h3>For walking backward</h3></legend>
        ${asked.question.map(({ key, ask }) => html`<${YesNo} key=${key} name=${key} ask=${ask} answer=${before[key]} />`)}
      </fieldset>
    </div>
    <div class="columns">
      <fieldset class="group">
        <legend><h3>Clearance and consent</h3></legend>
        <${Field} name="cleared_by" label="Clearance given by" defaultValue=${visit.screening?.cleared_by ?? ""} maxlength="64" hint="Where an answer asks for it." />
        <${Field} name="cleared_at" label="on" type="date" defaultValue=${(visit.screening?.cleared_at ?? "").slice(0, 10)} />
        <${Check} name="consent" checked=${visit.consent?.given}>The patient has consented, and knows of the right to stop at any time.<//>
        <${Field} name="form_version" label="Version of the consent form" defaultValue=${visit.consent?.form_version ?? ""} maxlength="32" />
      </fieldset>
      <fieldset class="group">
        <legend><h3>Looked at</h3></legend>
        <${Check} name="orientation" checked=${visit.orientation_explained}>${HOW[visit.orientation]} This was explained.<//>
        <${Check} name="key" checked=${visit.safety_key_checked}>The safety key was pulled once, stopped the machine, and is clipped on.<//>
        <${Check} name="harness" checked=${visit.harness}>The harness is worn.<//>
        <${Field} name="support" label="Body-weight support (%)" type="number" min="0" max="60" defaultValue=${visit.body_weight_support_pct || ""} />
      </fieldset>
    </div>
    <${Missing} sentences=${visit.screening ? [...visit.refused, ...visit.missing] : []} title="Still between the patient and the belt" />
    <div class="ways">
      <${CloseVisit} visit=${visit} enter=${enter} />
      <button type="submit" class="next" disabled=${!may("supervisor")}>Keep the answers, go on</button>
    </div>
  </form>`;
}

function allNo(event) {
  for (const input of event.currentTarget.parentElement.querySelectorAll('input[value="no"]')) input.checked = true;
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}?`;

function unanswered({ parq, question }, given) {
  const left = [...parq.topics, ...question].filter(({ key }) => !(key in given));
  if (left.length === 0) return "";
  document.querySelector(`[data-question="${left[0].key}"] input`)?.focus();
  return left.length === 1 ? "One question is not answered." : `${left.length} questions are not answered.`;
}

function screening(asked, given) {
  const keys = [...asked.parq.topics, ...asked.question].map(({ key }) => key);
  return said({
    kind: "screening",
    checklist: asked.id,
    version: asked.version,
    answers: Object.fromEntries(keys.map((key) => [key, given[key] === "yes"])),
    parq_version: given.parq_version,
    cleared_by: given.cleared_by,
    cleared_at: given.cleared_at ? `${given.cleared_at}T00:00:00Z` : null,
  });
}

const consent = (given) => ({
  kind: "consent",
  given: given.consent === "on",
  form_version: given.form_version,
  explained_by: known.user?.name ?? "clinic",
});

const checks = (given) => ({
  kind: "checks",
  orientation_explained: given.orientation === "on",
  safety_key_checked: given.key === "on",
  harness: given.harness === "on",
  body_weight_support_pct: number(given.support) ?? 0,
});
