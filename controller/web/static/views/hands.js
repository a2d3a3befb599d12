// Both hands: word, shape and border differ, so that nobody needs to see colour.

import { html } from "../html.js";
import { seconds } from "../units.js";

const STALE_S = 0.25; // the grip unit sends at least 20 frames a second
const KINDS = {
  held: ["#shape-held", "Held"],
  off: ["#shape-off", "Off the rail"],
  unknown: ["#shape-unknown", "Unknown"],
};

export function Hands({ telemetry: { grip }, since_s }) {
  const age_s = grip.age_s === null ? Infinity : grip.age_s + since_s;
  const known = grip.age_s !== null && grip.age_s <= STALE_S;
  const kind = (side) => (known ? (grip[side] ? "held" : "off") : "unknown");
  return html`<section id="hands" class="card ${known ? "" : "stale"}" aria-label="Hands on the rails">
    <h3>Hands</h3>
    <div class="pair">
      <${Hand} id="left" name="Left" kind=${kind("left")} />
      <${Hand} id="right" name="Right" kind=${kind("right")} />
    </div>
    <p id="hands-note" class="quiet">${note(grip, age_s, known)}</p>
  </section>`;
}

function Hand({ id, name, kind }) {
  const [shape, word] = KINDS[kind];
  return html`<div id=${id} class="hand" data-kind=${kind}>
    <svg aria-hidden="true" viewBox="0 0 64 64"><use href=${shape} /></svg>
    <b>${name}</b><span>${word}</span>
  </div>`;
}

function note(grip, age_s, known) {
  if (!known) return Number.isFinite(age_s) ? `No news from the grip unit for ${seconds(age_s)}` : "No grip unit";
  const parts = [`heard ${seconds(age_s)} ago`, grip.proven ? "sensors proven" : "sensors not proven yet"];
  if (grip.tether !== null) parts.push(grip.tether ? "tether in place" : "tether pulled");
  if (grip.battery_pct !== null) parts.push(`battery ${Math.round(grip.battery_pct)}\u00a0%`);
  return sentenceCase(parts.join(" · "));
}

const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);
