// The treadmill in use: what commissioning measured of it, how it is commissioned, what else is in reach.

import { html } from "../html.js";
import { known } from "../known.js";
import { Measuring, measuring } from "../views/measuring.js";
import { Asked, Facts } from "./asked.js";
import { Commission, Outcome } from "./commission.js";
import { Profile } from "./profile.js";
import { Scan } from "./scan.js";

export function Machine({ link }) {
  if (measuring()) return html`<${Measuring} link=${link} />`;
  return html`<${Asked} path="/api/machine" show=${(machine) => html`<${Shown} ...${machine} link=${link} />`} />`;
}

function Shown({ treadmill, grip, relay, heart_rate, profile, refusal, commands, scan_s, link }) {
  const outcome = known.commissioning;
  return html`
    <${Facts} of=${{ Treadmill: treadmill, "Grip unit": grip, Relay: relay || "none fitted", "Heart-rate strap": heart_rate || "none" }} />
    ${outcome && html`<${Outcome} ...${outcome} />`}
    ${refusal && html`<p class="missing">${refusal}</p>`}
    ${profile && !outcome?.passed && html`<${Profile} ...${profile} />`}
    <${Commission} link=${link} />
    <${Scan} seconds=${scan_s} inUse=${treadmill} />
    <details class="more"><summary>At the treadmill’s computer instead</summary>
      <p>End this service first, then run these there. Each asks before the belt moves.</p>
      <ol class="commands">${commands.map(({ does, command }) => html`<li>${does}<code>${command}</code></li>`)}</ol>
    </details>
  `;
}
