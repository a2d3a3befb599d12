// A test of the grip unit without the belt: every hand, alone and together, seen to hold and to let go.

import { html } from "../html.js";
import { changed, known } from "../known.js";
import { Hands } from "../views/hands.js";

const WANTED = [
  ["Both hands off", ({ left, right }) => !left && !right],
  ["Left hand alone", ({ left, right }) => left && !right],
  ["Right hand alone", ({ left, right }) => !left && right],
  ["Both hands hold", ({ left, right }) => left && right],
];
const FRESH_S = 0.25;

const seen = new Set();
let oldest_s = 0;

function look({ grip }) {
  if (grip.age_s === null || grip.age_s > FRESH_S) return;
  oldest_s = Math.max(oldest_s, grip.age_s);
  for (const [name, fits] of WANTED) if (fits(grip)) seen.add(name);
}

export function Grip() {
  const { telemetry } = known;
  if (telemetry === null) return html`<p>Waiting for data.</p>`;
  if (telemetry.state !== "idle") return html`<p>The test is for a belt at rest, with nothing armed.</p>`;
  look(telemetry);
  const again = () => {
    seen.clear();
    oldest_s = 0;
    changed();
  };
  const tether = { true: "in place", false: "pulled", null: "this unit has none" }[String(telemetry.grip.tether)];
  return html`<div class="columns">
    <div class="stack">
      <p>Stand beside the belt. Hold and let go as listed; the list fills in by itself.</p>
      <ul class="proof" aria-live="polite">
        ${WANTED.map(([name]) => html`<li data-done=${seen.has(name) ? "yes" : "no"}>${name}<span class="unseen">${seen.has(name) ? ": seen" : ": not yet"}</span></li>`)}
      </ul>
      <p class="quiet">Pull-cord: ${tether}. Oldest frame so far: ${Math.round(oldest_s * 1000)} ms of 250 ms.</p>
      <button type="button" onClick=${again}>Begin again</button>
    </div>
    <${Hands} telemetry=${telemetry} since_s=${Number.isFinite(known.age_s) ? known.age_s : 0} />
  </div>`;
}
