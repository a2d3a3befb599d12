import { html } from "../html.js";
export const Session = () => html`<p>…</p>`;
