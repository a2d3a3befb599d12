// After a trip: what happened when, in seconds and metres, and how far the way back to walking is.

import { html } from "../html.js";
import { known } from "../known.js";
import { currentUnit, shown } from "../units.js";

export const tells = ({ state, cause }) => cause !== null && ["stopping", "latched"].includes(state);

const WORDS = {
  released: "Both hands left the rails",
  one_hand: "One hand left its rail",
  stop: "Stop was sent to the treadmill",
  rest: "The belt came to rest",
};

export function Story({ telemetry }) {
  const steps = known.story;
  return html`<section id="story" class="card" aria-label="What happened">
    <h3>What happened</h3>
    <ol>
      ${steps.map((step) => html`<li key=${step.kind} data-kind=${step.kind}>${step.kind in WORDS ? WORDS[step.kind] : step.kind}<${Figures} step=${step} /></li>`)}
      ${!steps.some(({ kind }) => kind === "rest") &&
      html`<li class="open">${telemetry.state === "latched" ? "At rest" : "Waiting for the belt to rest"}</li>`}
    </ol>
    <${Sum} steps=${steps} />
  </section>`;
}

// Each step against the one before it.
function Figures({ step }) {
  const parts = [];
  if (step.after_s !== null) parts.push(`${step.after_s.toFixed(1)} s later`);
  if (step.speed_mps !== null && step.kind !== "rest") parts.push(`at ${shown(step.speed_mps)} ${currentUnit()}`);
  return parts.length ? html`<span class="quiet">${parts.join(", ")}</span>` : null;
}

function Sum({ steps }) {
  const last = steps.at(-1);
  if (last?.kind !== "rest") return null;
  const carried = last.carry_m === null ? "" : ` The belt carried ${last.carry_m.toFixed(2)} m meanwhile.`;
  return html`<p id="story-sum">From Stop to rest: ${last.after_s?.toFixed(1) ?? "–"} s.${carried}
    <span class="quiet"> As this console saw it; the report has the exact figures.</span></p>`;
}
