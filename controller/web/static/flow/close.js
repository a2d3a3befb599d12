// A visit that ends before anybody walked, and why.

import { html } from "../html.js";
import { changed, known } from "../known.js";

export function CloseVisit({ enter }) {
  const close = async () => {
    await enter({ kind: "closed", turned_away: "Ended before the walk at the console." });
    known.visit = null;
    changed();
  };
  return html`<button type="button" onClick=${close}>End the visit without a walk</button>`;
}
