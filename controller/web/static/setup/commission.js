// How a treadmill is commissioned from this page: what must be true first, then the way through it,
// and what came of it.

import { html } from "../html.js";
import { changed, known, may, say } from "../known.js";
import { currentUnit, shown } from "../units.js";
import { Profile } from "./profile.js";

const FIRST = {
  empty: "Nobody is on the belt, and nobody near it.",
  beside: "I stand beside the treadmill, a foot away from the belt, and this page stays on screen.",
  key: "The safety key is in my hand.",
};

const FASTEST_MPS = 0.4;

const confirmed = new Set();

export function Commission({ link }) {
  if (!may("engineer")) return html`<h3>Commissioning</h3><p>An engineer commissions the treadmill.</p>`;
  const free = known.telemetry?.may.includes("commission");
  const begin = async () => {
    const { accepted, reason } = await link.command("commission");
    say(accepted ? "" : reason);
    if (accepted) confirmed.clear();
    changed();
  };
  return html`
    <h3 id="commission-title">Commissioning</h3>
    <p>It finds out what this treadmill really does, and how fast it may run. That takes about four minutes, with an empty belt at its lowest speed, and at about ${shown(FASTEST_MPS)} ${currentUnit()} for each measured stop. It asks before the belt moves. Stop ends it at any moment, here and on every page.</p>
    <div class="group" role="group" aria-labelledby="commission-title">${Object.entries(FIRST).map(([name, text]) => html`<${Confirm} key=${name} name=${name} text=${text} />`)}</div>
    ${!free && html`<p class="missing">Not now: it needs a connected treadmill at rest, nothing under way, and nothing that waits for a reset.</p>`}
    <div class="ways"><button type="button" class="next" disabled=${!free || confirmed.size < Object.keys(FIRST).length} onClick=${begin}>Begin the commissioning</button></div>
  `;
}

// A button, for the space bar is Stop everywhere and would tick no box.
function Confirm({ name, text }) {
  const on = confirmed.has(name);
  const toggle = () => {
    if (!confirmed.delete(name)) confirmed.add(name);
    changed();
  };
  return html`<button type="button" role="checkbox" class="confirm" aria-checked=${on ? "true" : "false"} onClick=${toggle}>
    <span class="tick" aria-hidden="true">${on ? "✓" : ""}</span><span>${text}</span>
  </button>`;
}

export function Outcome({ passed, refusal, profile, points }) {
  const done = () => {
    known.commissioning = null;
    changed();
  };
  return html`<div id="outcome" role="status">
    ${passed
      ? html`<h3>It passed. This is its profile.</h3><${Profile} ...${profile} dots=${points} />`
      : html`<h3>It did not pass, or was ended.</h3><p class="missing">${refusal}</p>`}
    <div class="ways"><button type="button" disabled=${!known.telemetry?.may.length} onClick=${done}>Done</button></div>
  </div>`;
}
