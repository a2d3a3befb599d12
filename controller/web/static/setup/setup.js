// The setup's pages, and the way between them.

import { html } from "../html.js";
import { within } from "../places.js";
import { Grip } from "./grip.js";
import { Limits } from "./limits.js";
import { Machine } from "./machine.js";
import { Programs } from "./programs.js";
import { Screen } from "./screen.js";
import { Users } from "./users.js";

const PAGES = {
  machine: ["Machine", Machine],
  grip: ["Grip unit", Grip],
  limits: ["Limits", Limits],
  programs: ["Programs", Programs],
  users: ["Users", Users],
  screen: ["This screen", Screen],
};

export function Setup({ link }) {
  const now = within() in PAGES ? within() : "machine";
  const [title, View] = PAGES[now];
  return html`
    <nav class="sub" aria-label="Setup">
      ${Object.entries(PAGES).map(
        ([key, [name]]) => html`<a href="#setup/${key}" aria-current=${key === now ? "page" : null}>${name}</a>`,
      )}
    </nav>
    <section class="card step" aria-labelledby="setup-title"><h2 id="setup-title">${title}</h2><${View} link=${link} /></section>
  `;
}
