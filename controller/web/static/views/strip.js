// The chart with the grip strip under it: the last two minutes, or the whole walk.

import { html } from "../html.js";
import { changed } from "../known.js";
import { samples } from "../samples.js";
import { clock } from "../units.js";
import { Chart } from "./chart.js";
import { GripStrip } from "./grip-strip.js";

const SPANS = { recent: "Last 2 min", whole: "Whole walk" };
const SPAN_S = 120;

let span = "recent";

// The part of the samples that is shown, and from when to when.
function part() {
  const columns = samples[span].at.length ? samples[span] : samples.recent;
  const end = columns.at.at(-1) ?? 0;
  const begin = span === "recent" ? end - SPAN_S : Math.min(columns.at[0] ?? 0, end - 10);
  return { columns, begin, end, span, events: samples.events.filter(({ at }) => at >= begin) };
}

export function Strip({ telemetry }) {
  const choose = (name) => {
    span = name;
    changed();
  };
  return html`<section id="strip" class="card" aria-label="Chart">
    <div class="strip-head">
      <h3>${SPANS[span]} <span id="walked" class="quiet">${walked(telemetry)}</span></h3>
      <ul class="legend" aria-hidden="true"><li class="belt">Belt</li><li class="set">Set-point</li><li class="cap">Cap</li></ul>
      <div class="tabs" role="group" aria-label="Span of the chart">
        ${Object.entries(SPANS).map(
          ([name, title]) => html`<button type="button" aria-pressed=${span === name ? "true" : "false"}
            onClick=${() => choose(name)}>${title}</button>`,
        )}
      </div>
    </div>
    <${Chart} part=${part} label="Belt speed, set-point and cap" />
    <${GripStrip} part=${part} />
  </section>`;
}

function walked({ program, walked_s, distance_m }) {
  const parts = [program, Number.isFinite(walked_s) ? `${clock(walked_s)} walked` : ""];
  if (Number.isFinite(distance_m)) parts.push(`${Math.round(distance_m)} m`);
  return parts.filter(Boolean).join(" · ");
}
