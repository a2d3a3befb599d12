// What commissioning measured of a treadmill, with the curve of its stop.

import { html } from "../html.js";
import { currentUnit, shown } from "../units.js";
import { Facts } from "./asked.js";

const speed = (mps) => `${shown(mps)} ${currentUnit()}`;

export function Profile({ model, firmware, tier, cap_mps, stop_s, slope_mps2, onset_s, made_on, quirks, curve, dots = [] }) {
  const name = [model, firmware].filter(Boolean).join(", firmware ");
  return html`
    <${Facts} of=${{
      Model: name || "not told",
      Tier: tier,
      "Highest speed it may run": speed(cap_mps),
      "Deceleration": `${slope_mps2.toFixed(2)} m/s²`,
      "From Stop to braking": `${onset_s.toFixed(2)} s`,
      "From Stop to rest": `${stop_s.toFixed(1)} s`,
      "Measured on": made_on,
      "What it does its own way": quirks.join(", ").replaceAll("_", " ") || "nothing",
    }} />
    <figure class="plot">
      <${Curve} points=${curve} dots=${dots} />
      <figcaption class="quiet">${dots.length ? "Dots: what the treadmill reported after each Stop. Line: the curve fitted to them." : "How its belt comes to rest from that speed, by the curve fitted to its measured stops."}</figcaption>
    </figure>
  `;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [640, 240, 64, 40];

function Curve({ points, dots }) {
  const top_mps = points[0][1];
  const last_s = points.at(-1)[0];
  const x = (after_s) => LEFT + (after_s / last_s) * (WIDTH - LEFT - 14);
  const y = (mps) => HEIGHT - BOTTOM - (mps / top_mps) * (HEIGHT - BOTTOM - 18);
  const line = points.map(([after_s, mps]) => `${x(after_s).toFixed(1)},${y(mps).toFixed(1)}`).join(" ");
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Speed after Stop: at rest after ${last_s.toFixed(1)} s">
    <line x1=${LEFT} y1=${y(0)} x2=${WIDTH - 14} y2=${y(0)} class="axis" />
    <line x1=${LEFT} y1=${y(top_mps)} x2=${LEFT} y2=${y(0)} class="axis" />
    <polyline points=${line} class="line" />
    ${dots.map(([after_s, mps]) => html`<circle cx=${x(after_s).toFixed(1)} cy=${y(mps).toFixed(1)} r="4" class="dot" />`)}
    <text x=${LEFT - 8} y=${y(top_mps) + 5} text-anchor="end">${shown(top_mps)}</text>
    <text x=${LEFT - 8} y=${y(0) + 5} text-anchor="end">0</text>
    <text x=${LEFT} y=${HEIGHT - 14}>Stop</text>
    <text x=${WIDTH - 14} y=${HEIGHT - 14} text-anchor="end">${last_s.toFixed(1)} s</text>
    <text x=${WIDTH / 2} y=${HEIGHT - 14} text-anchor="middle">${currentUnit()} over seconds</text>
  </svg>`;
}
