// The belt's speed, large; what is asked of it; the cap, and which limit binds.

import { html } from "../html.js";
import { clock, currentUnit, seconds, shown } from "../units.js";

const STALE_S = 2; // machines report about once a second
const SOURCES = {
  default: "bound by the product",
  settings: "bound by the clinic",
  machine: "bound by this treadmill",
  program: "bound by the program",
};
const NEAR_MPS = 0.002;
const PARTS = { warm_up: "Warm-up", walk: "Walk", rest: "Rest", cool_down: "Cool-down" };

const MotorOff = () => html`<div>
  <dt>Motor</dt>
  <dd id="motor">Stays off</dd>
  <dd class="quiet">moved by the patient</dd>
</div>`;

export function Speed({ telemetry, since_s }) {
  const { belt } = telemetry;
  const age_s = belt.age_s === null ? Infinity : belt.age_s + since_s;
  const stale = !belt.linked || !(age_s <= STALE_S);
  return html`<section id="speed" class="card ${stale ? "stale" : ""}" aria-label="Belt speed">
    <div>
      <h3>Belt speed</h3>
      <p class="figure"><span id="belt">${shown(belt.speed_mps)}</span> <span class="unit">${currentUnit()}</span></p>
      <p id="belt-note" class="quiet">${note(belt, age_s, stale)}</p>
      <dl>
        ${telemetry.belt_off ? html`<${MotorOff} />` : html`<div>
          <dt>Set-point</dt>
          <dd><span id="set-point">${shown(telemetry.set_point_mps)}</span> <span class="unit">${currentUnit()}</span></dd>
          <dd id="held-by" class="quiet">${heldBy(telemetry)}</dd>
        </div>`}
        <div>
          <dt>Cap</dt>
          <dd><span id="cap">${shown(telemetry.cap_mps)}</span> <span class="unit">${currentUnit()}</span></dd>
          <dd id="cap-source" class="quiet">${SOURCES[telemetry.cap_source] ?? telemetry.cap_source}</dd>
        </div>
        <${Phase} telemetry=${telemetry} />
      </dl>
    </div>
  </section>`;
}

function note(belt, age_s, stale) {
  if (belt.speed_mps === null) return belt.linked ? "The treadmill has not reported yet" : "No treadmill";
  if (stale) return `${belt.linked ? "Old" : "Treadmill lost"}: reported ${seconds(age_s)} ago, not current`;
  return `${belt.at_rest ? "At rest" : "Moving"}, reported ${seconds(age_s)} ago`;
}

// Why the set-point is what it is. A program's own speed is not told; it is at or below the target.
function heldBy({ state, set_point_mps, target_mps, cap_mps, phases, holds }) {
  if (state !== "walking" || !Number.isFinite(target_mps)) return "";
  if (holds?.length) return `Held: ${holds[0].replaceAll("_", " ")}`;
  if (set_point_mps < target_mps - NEAR_MPS) return phases > 0 ? "As the program asks" : `Rising to ${shown(target_mps)}`;
  return target_mps >= cap_mps - NEAR_MPS ? "At the cap" : "As you set it";
}

function Phase({ telemetry: { phase, phases, part, phase_left_s, rest_left_s, state, walked_s } }) {
  if (phases > 0 && Number.isFinite(phase_left_s)) {
    const rests = Number.isFinite(rest_left_s);
    return html`<div>
      <dt id="phase">${PARTS[rests ? "rest" : part] ?? "Phase"}, ${phase} of ${phases}</dt>
      <dd><span id="phase-left">${clock(rests ? rest_left_s : phase_left_s)}</span> <span class="unit">left</span></dd>
    </div>`;
  }
  if (!["walking", "belt_off", "slowing"].includes(state)) return null;
  return html`<div>
    <dt>Walked</dt>
    <dd><span id="walked-time">${clock(walked_s)}</span></dd>
  </div>`;
}
