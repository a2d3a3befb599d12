// Heart rate against its limit. A strap that was taken off shows nothing, never its last number.

import { html } from "../html.js";
import { known } from "../known.js";
import { seconds } from "../units.js";

const NEAR_BPM = 10;

export function Heart({ telemetry, since_s }) {
  const bpm = telemetry.heart_rate_bpm ?? null;
  const limit = telemetry.heart_rate_limit_bpm ?? known.visit?.heart_rate_limit_bpm ?? null;
  const kind = level(bpm, limit);
  return html`<section id="heart" class="card" data-kind=${kind} aria-label="Heart rate">
    <h3>Heart rate</h3>
    <p class="figure"><span id="bpm">${bpm ?? "–"}</span> <span class="unit">bpm</span></p>
    <p id="heart-note" class="quiet">${note(bpm, limit, kind)}${age(telemetry, since_s)}</p>
  </section>`;
}

// How old the number is, its way here included.
function age({ heart_rate_bpm, heart_rate_age_s }, since_s) {
  if (!Number.isFinite(heart_rate_bpm) || !Number.isFinite(heart_rate_age_s)) return "";
  return ` · heard ${seconds(heart_rate_age_s + since_s)} ago`;
}

function level(bpm, limit) {
  if (bpm === null) return "unknown";
  if (limit === null) return "free";
  if (bpm > limit) return "over";
  return bpm >= limit - NEAR_BPM ? "near" : "under";
}

function note(bpm, limit, kind) {
  if (bpm === null) return limit === null ? "No strap is heard" : `No strap is heard · limit ${limit}`;
  if (limit === null) return "No limit was set";
  return kind === "over" ? `Over the limit of ${limit}` : `Limit ${limit}`;
}
