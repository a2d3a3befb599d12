// The programs that there are, drawn as what they ask of the belt.

import { html } from "../html.js";
import { currentUnit, shown } from "../units.js";
import { Asked } from "./asked.js";

export const Programs = () => html`<${Asked} path="/api/programs" show=${({ programs }) => html`
  <p>A clinic’s own programs are files of the same kind beside these; check one with <code>retrotread programs check FILE</code>.</p>
  <ul class="programs">
    ${programs.map((program) => html`<${Program} key=${program.id} ...${program} />`)}
  </ul>`} />`;

function Program({ id, title, minutes, phases, population, basis, own, progression, ...more }) {
  const rests = phases.filter(({ part }) => part === "rest").length;
  const facts = [
    minutes ? `${Math.round(minutes)} min` : "no end",
    speed(more),
    rests > 0 && `${rests} planned ${rests === 1 ? "rest" : "rests"}`,
    population,
    basis && `speeds from: ${basis}`,
  ];
  return html`<li>
    <h3>${title} <code>${id}</code>${own && html` <span class="own">the clinic’s own</span>`}</h3>
    <p class="quiet">${facts.filter(Boolean).join(" · ")}</p>
    ${progression && html`<p class="quiet">Next: ${progression}</p>`}
    ${phases.length > 0 && html`<${Steps} phases=${phases} />`}
  </li>`;
}

function speed({ peak_mps, belt_off, asks_baseline }) {
  if (belt_off) return "the motor stays off";
  if (asks_baseline) return "by the patient’s measured speed";
  return peak_mps ? `up to ${shown(peak_mps)} ${currentUnit()}` : "";
}

const [WIDTH, HEIGHT] = [400, 48];

// Minutes to the right, speed upward; every program on a scale of its own length.
function Steps({ phases }) {
  const whole_s = phases.reduce((sum, { duration_s }) => sum + duration_s, 0);
  const top_mps = Math.max(...phases.map(({ speed_mps }) => speed_mps), 0.1);
  let at = 0;
  const bars = phases.map(({ duration_s, speed_mps }) => {
    const x = (at / whole_s) * WIDTH;
    at += duration_s;
    const height = (speed_mps / top_mps) * (HEIGHT - 4);
    return html`<rect x=${x + 0.5} y=${HEIGHT - height} width=${Math.max((duration_s / whole_s) * WIDTH - 1, 0.5)} height=${height} />`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" class="steps" aria-hidden="true">${bars}</svg>`;
}
