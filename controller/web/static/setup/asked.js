// A page that shows one answer of the desk: waiting, a sentence, or what came.

import { fetched } from "../fetched.js";
import { html } from "../html.js";
import { known } from "../known.js";

export function Asked({ path, show }) {
  if (!known.signedIn) return html`<p>Sign in to see this.</p>`;
  const answer = fetched(path);
  if (answer === null) return html`<p class="quiet">Asking…</p>`;
  if (answer.reason) return html`<p class="missing">${answer.reason}</p>`;
  return show(answer);
}

export function Facts({ of }) {
  return html`<dl class="facts">
    ${Object.entries(of).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}
