// What the forms share: fields, answers out of a form, one sentence when something is missing.

import { html } from "../html.js";

export function Field({ name, label, hint, ...more }) {
  const id = `f-${name}`;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} name=${name} ...${more} aria-describedby=${hint ? `${id}-hint` : null} />
    ${hint && html`<small id="${id}-hint" class="quiet">${hint}</small>`}
  </div>`;
}

export function Select({ name, label, options, now }) {
  const id = `f-${name}`;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} name=${name}>
      ${options.map(([value, title]) => html`<option value=${value} selected=${value === now}>${title}</option>`)}
    </select>
  </div>`;
}

export function Check({ name, children, checked }) {
  return html`<label class="check"><input type="checkbox" name=${name} defaultChecked=${checked} /><span>${children}</span></label>`;
}

// One question with two answers; nothing is chosen beforehand.
export function YesNo({ name, ask, answer, hint }) {
  return html`<fieldset class="yes-no" data-question=${name}>
    <legend>${ask}${hint && html` <span class="quiet">${hint}</span>`}</legend>
    ${["yes", "no"].map(
      (value) => html`<label><input type="radio" name=${name} value=${value} required
        defaultChecked=${answer === undefined ? false : answer === (value === "yes")} /><span>${value === "yes" ? "Yes" : "No"}</span></label>`,
    )}
  </fieldset>`;
}

const FACES = Array.from({ length: 11 }, (_, value) => value);

// Pain from 0 to 10, in one row of large buttons.
export function Scale({ name, legend, from = 0, to = 10, low, high, value = null, required = false }) {
  const values = from === 0 && to === 10 ? FACES : Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return html`<fieldset class="ladder">
    <legend>${legend}</legend>
    <div class="rungs" data-count=${values.length}>
      ${values.map(
        (each) => html`<label><input type="radio" name=${name} value=${each} required=${required} defaultChecked=${each === value} /><span>${each}</span></label>`,
      )}
    </div>
    <p class="quiet ends" aria-hidden="true"><span>${low}</span><span>${high}</span></p>
  </fieldset>`;
}

export function Missing({ sentences, title }) {
  if (!sentences?.length) return null;
  return html`<div class="missing" role="status">
    <h3>${title}</h3>
    <ul>
      ${sentences.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}
    </ul>
  </div>`;
}

export const answers = (form) => Object.fromEntries(new FormData(form));

// The whole number in a field, or nothing when it was left empty.
export const number = (text) => (text === undefined || text === "" ? null : Number(text));

// An object without what was not answered: absent, never zero.
export const said = (facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null && value !== ""));

export function measured(moment, given) {
  const pressure = { systolic_mmhg: number(given.systolic), diastolic_mmhg: number(given.diastolic) };
  const whole = pressure.systolic_mmhg !== null && pressure.diastolic_mmhg !== null;
  const rating = number(given.effort);
  return said({
    kind: "measured",
    moment,
    pain_nprs: number(given.pain),
    effort: rating === null ? null : { rating, scale: given.effort_scale },
    heart_rate_bpm: number(given.heart_rate),
    pressure: whole ? pressure : null,
    spo2_pct: number(given.spo2),
  });
}
