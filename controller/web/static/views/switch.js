// A few values side by side, one of them chosen.

import { html } from "../html.js";
import { changed } from "../known.js";

export function Switch({ name, legend, values, now, choose, seen = false }) {
  const take = (value) => {
    choose(value);
    changed();
  };
  return html`<fieldset class="switch ${name}">
    <legend class=${seen ? "quiet" : "unseen"}>${legend}</legend>
    ${values.map(
      (value) => html`<label>
        <input type="radio" name=${name} value=${value} checked=${now === value} onChange=${() => take(value)} />
        <span>${value}</span>
      </label>`,
    )}
  </fieldset>`;
}
