// What programs on the network ask a supervisor to do. Only a tap here does it, and only once.

import { html } from "../html.js";
import { changed, known, now_s, say } from "../known.js";
import { currentUnit, shown } from "../units.js";

const WHAT = {
  request_start: () => "start the walk",
  request_speed: ({ speed_mps }) => `set the speed to ${shown(speed_mps)} ${currentUnit()}`,
  request_program: ({ program }) => `arm the program “${program}”`,
};

export function Requests({ link, covered }) {
  const since_s = now_s() - known.requestsAt_s;
  const rows = known.requests.filter((row) => row.left_s > since_s);
  if (rows.length === 0) return null;
  const title = rows.length === 1 ? "Asked over the network" : `Asked over the network: ${rows.length}`;
  const enabled = known.signedIn && !covered;
  const tap = async (id, accept) => {
    known.requests = known.requests.filter((row) => row.id !== id);
    changed();
    const answer = await link.tap(id, accept, known.telemetry?.orientation ?? null);
    say(answer.accepted ? "" : answer.reason);
  };
  return html`<div id="requests">
    <h3 id="requests-title" role="status">${title}</h3>
    <ul id="requests-list" aria-labelledby="requests-title">
      ${rows.map(
        (row) => html`<li key=${row.id}>
          <span>${`${row.client}: ${WHAT[row.verb]?.(row) ?? row.verb}`}</span>
          <time>${Math.ceil(row.left_s - since_s)} s</time>
          <button type="button" disabled=${!enabled} onClick=${() => tap(row.id, true)}>Accept</button>
          <button type="button" disabled=${!enabled} onClick=${() => tap(row.id, false)}>Dismiss</button>
        </li>`,
      )}
    </ul>
  </div>`;
}
