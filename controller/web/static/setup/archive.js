// Patients, their visits, and the records with their reports.

import { fetched, forget } from "../fetched.js";
import { answers, measured, Scale, YesNo } from "../flow/forms.js";
import { post } from "../api.js";
import { html } from "../html.js";
import { known, may, say } from "../known.js";
import { within } from "../places.js";
import { clock, currentUnit, shown } from "../units.js";
import { Asked } from "./asked.js";

export function Archive() {
  const patient = within();
  return html`<section class="card step" aria-labelledby="archive-title">
    <h2 id="archive-title">${patient ? `Archive: ${patient}` : "Archive"}</h2>
    ${patient ? html`<${Visits} patient=${patient} />` : html`<${All} />`}
  </section>`;
}

function All() {
  return html`
    <${Asked} path="/api/patients" show=${({ patients }) => html`
      <h3>Patients</h3>
      <ul class="choices">
        ${patients.map(({ pseudonym }) => html`<li><a class="button" href="#archive/${encodeURIComponent(pseudonym)}">${pseudonym}</a></li>`)}
      </ul>
      ${patients.length === 0 && html`<p class="quiet">There are none yet. The first one is entered on <a href="#session">Session</a>.</p>`}`} />
    <${Asked} path="/api/sessions" show=${({ records }) => html`
      <h3>All records</h3>
      <${Records} records=${records} />`} />
  `;
}

function Visits({ patient }) {
  const path = `/api/patients/${encodeURIComponent(patient)}/visits`;
  return html`
    <div class="ways">
      <a class="button" href="#archive">All patients</a>
      ${known.signedIn && html`<a class="button" href="/api/patients/${encodeURIComponent(patient)}/report" target="_blank" rel="noopener">Report over all visits</a>`}
    </div>
    <${Asked} path=${path} show=${({ visits, records }) => html`
      ${visits.map((visit) => html`<${Visit} key=${visit.visit} visit=${visit} path=${path} records=${records.filter(({ session }) => visit.records.includes(session))} />`)}
      ${visits.length === 0 && html`<p class="quiet">No visits yet.</p>`}`} />
  `;
}

function Visit({ visit, records, path }) {
  const told = visit.measured.map(({ moment, pain_nprs }) => (pain_nprs === undefined ? "" : `${moment.replace("_", " ")} ${pain_nprs}`));
  return html`<article class="visit">
    <h3>${day(visit.opened_at)} · ${visit.program}</h3>
    <p>${told.some(Boolean) ? `Pain: ${told.filter(Boolean).join(", ")}` : "Pain was not asked."}${visit.remark && ` · ${visit.remark}`}</p>
    <${Records} records=${records} />
    ${visit.closed && !visit.measured.some(({ moment }) => moment === "next_morning") && may("supervisor") && html`<${NextMorning} visit=${visit.visit} path=${path} />`}
  </article>`;
}

function NextMorning({ visit, path }) {
  const submit = async (event) => {
    event.preventDefault();
    const given = answers(event.currentTarget);
    const entry = { ...measured("next_morning", given), settled: given.settled === "yes" };
    const answer = await post(`/api/visits/${visit}/entries`, entry);
    if (!answer.accepted) return say(answer.reason);
    forget(path);
  };
  return html`<details class="more"><summary>Next morning</summary><form onSubmit=${submit} class="stack">
    <${Scale} name="pain" legend="Pain the next morning" low="0: none" high="10: worst imaginable" required />
    <${YesNo} name="settled" ask="Is pain back to what it was before the walk?" />
    <button type="submit">Keep</button>
  </form></details>`;
}

const day = (at) => (at ? new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }) : "no date");

function Records({ records }) {
  if (records.length === 0) return html`<p class="quiet">No record yet.</p>`;
  return html`<table class="records">
    <thead><tr><th scope="col">Begun</th><th scope="col">Walked</th><th scope="col">Distance</th><th scope="col">Peak</th><th scope="col">Stopped by</th><th scope="col">Report</th></tr></thead>
    <tbody>
      ${records.map(
        ({ session, began_at, walked_s, distance_m, peak_mps, cause, whole }) => html`<tr key=${session}>
          <th scope="row">${day(began_at)}</th>
          <td>${walked_s === null ? "–" : clock(walked_s)}</td>
          <td>${distance_m === null ? "–" : `${Math.round(distance_m)} m`}</td>
          <td>${peak_mps === null ? "–" : `${shown(peak_mps)} ${currentUnit()}`}</td>
          <td>${(cause || "its end").replaceAll("_", " ")}${whole ? "" : " · record is damaged"}</td>
          <td><a href="/api/sessions/${session}/report" target="_blank" rel="noopener" aria-label="Open the report of the walk of ${day(began_at)}">Open</a></td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
