// What is in reach: a look of a few seconds, for an engineer, while the belt rests.

import { post } from "../api.js";
import { html } from "../html.js";
import { changed, may, now_s } from "../known.js";

const NOTHING =
  "Nothing found. Switch the machine on, bring it closer, and close every other program and phone that uses it: what is connected already does not call out.";

let began_s = null; // while a look is under way
let found = null; // of the last one: {devices} or {reason}

async function look() {
  began_s = now_s();
  found = null;
  changed();
  found = await post("/api/scan");
  began_s = null;
  changed();
}

export function Scan({ seconds, inUse }) {
  if (!may("engineer")) return null;
  return html`
    <h3>Devices in reach</h3>
    <p class="quiet">The treadmill in use is not listed while it is connected. A look takes radio time from it, so the belt must rest.</p>
    <div class="ways"><button type="button" id="look" disabled=${began_s !== null} onClick=${look}>Look for devices</button></div>
    <div role="status" aria-busy=${began_s === null ? "false" : "true"}>
      ${began_s !== null && html`<${Looking} seconds=${seconds} />`}
      ${found && html`<${Found} ...${found} inUse=${inUse} />`}
    </div>
  `;
}

function Looking({ seconds }) {
  return html`<label class="progress">Looking for devices…<progress max=${seconds} value=${Math.min(seconds, now_s() - began_s)}></progress></label>`;
}

function Found({ devices, reason, inUse }) {
  if (!devices) return html`<p class="missing">${reason}</p>`;
  if (devices.length === 0) return html`<p class="missing">${NOTHING}</p>`;
  return html`<table class="devices">
    <caption class="unseen">Devices in reach, the nearest first</caption>
    <thead><tr><th scope="col">Address</th><th scope="col">Name</th><th scope="col">Strength</th><th scope="col">Seen of machines of this name</th></tr></thead>
    <tbody>${devices.map(
      ({ address, name, rssi_dbm, known_for }) => html`<tr key=${address}>
        <th scope="row">${address}${address === inUse && html` <span class="own">in use</span>`}</th>
        <td>${name ?? "no name"}</td><td>${rssi_dbm} dBm</td><td>${known_for.join("; ") || "nothing"}</td>
      </tr>`,
    )}</tbody>
  </table>`;
}
