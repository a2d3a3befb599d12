// The treadmill in use: what commissioning measured of it, what else is in reach, and how it is commissioned.

import { html } from "../html.js";
import { Asked, Facts } from "./asked.js";
import { Profile } from "./profile.js";
import { Scan } from "./scan.js";

export const Machine = () => html`<${Asked} path="/api/machine" show=${(machine) => html`<${Shown} ...${machine} />`} />`;

function Shown({ treadmill, grip, relay, heart_rate, profile, refusal, commands, scan_s }) {
  return html`
    <${Facts} of=${{ Treadmill: treadmill, "Grip unit": grip, Relay: relay || "none fitted", "Heart-rate strap": heart_rate || "none" }} />
    ${refusal && html`<p class="missing">${refusal}</p>`}
    ${profile && html`<${Profile} ...${profile} />`}
    <${Scan} seconds=${scan_s} inUse=${treadmill} />
    <h3>Commissioning</h3>
    <p>It needs the treadmill to itself, with nobody on the belt: end this service first, then run these at its computer. Each asks before the belt moves.</p>
    <ol class="commands">${commands.map(({ does, command }) => html`<li>${does}<code>${command}</code></li>`)}</ol>
  `;
}
