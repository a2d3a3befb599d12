// What was walked, what it did, and what comes next: a proposal that only a person follows.

import { said } from "../effort.js";
import { fetched, forget } from "../fetched.js";
import { html } from "../html.js";
import { changed, known, may } from "../known.js";
import { clock, currentUnit, shown } from "../units.js";

export function Summary({ visit, enter }) {
  const records = fetched(`/api/patients/${encodeURIComponent(visit.patient)}/visits?${visit.records.length}`);
  const close = async () => {
    if (!(await enter({ kind: "closed" }))) return;
    known.visit = null;
    forget("/api/");
    changed();
  };
  const figures = (records?.records ?? []).filter(({ session }) => visit.records.includes(session));
  return html`<div class="stack">
    <div class="tiles">
      <${Tile} name="Walked" value=${sum(figures, "walked_s", (value) => clock(value))} />
      <${Tile} name="Distance" value=${sum(figures, "distance_m", (value) => `${Math.round(value)} m`)} />
      <${Tile} name="Peak speed" value=${most(figures, "peak_mps", (value) => `${shown(value)} ${currentUnit()}`)} />
      <${Tile} name="Pain before → after" value="${pain(visit, "before")} → ${pain(visit, "after")}" />
      <${Tile} name="Effort" value=${effort(visit)} />
    </div>
    ${figures.length < visit.records.length && html`<p class="quiet">The record is taken in a few seconds after the walk.</p>`}
    <${Proposal} proposal=${figures.length < visit.records.length ? null : records?.proposal} />
    <ul class="links">
      <li><a href="/api/patients/${encodeURIComponent(visit.patient)}/report" target="_blank" rel="noopener">Report of ${visit.patient} over all visits</a></li>
      ${visit.records.map(
        (session) => html`<li><a href="/api/sessions/${session}/report" target="_blank" rel="noopener">Report of ${session}</a></li>`,
      )}
    </ul>
    <div class="ways">
      <a class="button" href="#walk">Walk again</a>
      <button type="button" class="next" disabled=${!may("supervisor")} onClick=${close}>Close the visit</button>
    </div>
  </div>`;
}

const Tile = ({ name, value }) => html`<div class="tile"><h3>${name}</h3><p>${value}</p></div>`;

const LIGHTS = { green: "● The walk was green", amber: "◆ The walk was amber", red: "▲ The walk was red" };

function Proposal({ proposal }) {
  if (!proposal) return null;
  return html`<div class="proposal" data-light=${proposal.light}>
    <h3>Proposed next: ${proposal.program}</h3>
    <p><strong>${proposal.sentence}</strong> <span class="light">${LIGHTS[proposal.light]}</span></p>
    <ul>${proposal.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
    <p class="quiet">Rule: ${proposal.rule}</p>
    <p class="quiet">A proposal: nothing changes until a clinician changes it.</p>
  </div>`;
}

const numbers = (figures, key) => figures.map((each) => each[key]).filter(Number.isFinite);

function sum(figures, key, show) {
  const values = numbers(figures, key);
  return values.length ? show(values.reduce((total, value) => total + value, 0)) : "–";
}

function most(figures, key, show) {
  const values = numbers(figures, key);
  return values.length ? show(Math.max(...values)) : "–";
}

const at = (visit, moment) => visit.measured.find((each) => each.moment === moment);
const pain = (visit, moment) => at(visit, moment)?.pain_nprs ?? "–";
const effort = (visit) => (at(visit, "after")?.effort ? said(at(visit, "after").effort) : "–");
