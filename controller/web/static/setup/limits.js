// Every limit in force, and which source bound it.

import { html } from "../html.js";
import { currentUnit, shown } from "../units.js";
import { Asked } from "./asked.js";

const SOURCES = { default: "product", settings: "clinic’s settings", machine: "commissioning" };
const UNITS = { mps: "m/s", mps2: "m/s²", mps3: "m/s³", s: "s", m: "m", pct: "%", factor: "×" };

// A limit's name without its unit, and the unit.
function named(name) {
  const words = name.split("_");
  const unit = UNITS[words.at(-1)];
  return [(unit ? words.slice(0, -1) : words).join(" "), unit ?? ""];
}

function figure(name, value) {
  const unit = named(name)[1];
  if (unit === "m/s") return `${shown(value)} ${currentUnit()}`;
  return `${Number(value.toPrecision(3))} ${unit}`;
}

export const Limits = () => html`
  <p>The tightest of all sources counts. No setting turns one off, and none goes over the hard limit.</p>
  <${Asked} path="/api/limits" show=${({ limits }) => html`<table>
    <thead><tr><th scope="col">Limit</th><th scope="col">In force</th><th scope="col">Bound by</th><th scope="col">Hard limit</th></tr></thead>
    <tbody>
      ${limits.map(
        ({ name, value, source, hard }) => html`<tr data-source=${source}>
          <th scope="row">${named(name)[0]}</th><td>${figure(name, value)}</td><td>${SOURCES[source] ?? source}</td><td>${figure(name, hard)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`} />
`;
