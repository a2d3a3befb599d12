// The middle of the page. Archive and setup are loaded when somebody goes there.

import { Session } from "../flow/session.js";
import { html } from "../html.js";
import { changed, known } from "../known.js";
import { Measuring, measuring } from "./measuring.js";
import { Walk } from "./walk.js";

const loaded = {};
const LATER = {
  archive: async () => (await import("../setup/archive.js")).Archive,
  setup: async () => (await import("../setup/setup.js")).Setup,
};

function later(place) {
  if (!(place in loaded)) {
    loaded[place] = null;
    LATER[place]().then(
      (view) => {
        loaded[place] = view;
        changed();
      },
      () => delete loaded[place],
    );
  }
  return loaded[place];
}

const busy = () => ["walking", "belt_off", "slowing", "stopping", "latched"].includes(known.telemetry?.state);

export function Main({ link, stop, covered }) {
  // Nobody walks then, and nobody is seen; what is set up and kept can be looked at.
  const away = measuring() && ["walk", "session"].includes(known.place);
  document.body.dataset.place = away ? "setup" : known.place;
  if (away) return html`<div class="page"><${Measuring} link=${link} /></div>`;
  if (known.place === "walk") return html`<${Walk} link=${link} stop=${stop} covered=${covered} />`;
  const View = known.place === "session" ? Session : later(known.place);
  return html`<div class="page">
    ${busy() && html`<p class="back"><a href="#walk">Somebody is on the belt. Back to the walk.</a></p>`}
    ${View ? html`<${View} link=${link} />` : html`<p class="quiet">Loading…</p>`}
  </div>`;
}
