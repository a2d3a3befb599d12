// After the belt rests: what it did to the patient.

import { html } from "../html.js";
import { chooseScale, currentScale, otherScale, SCALES } from "../effort.js";
import { changed, may } from "../known.js";
import { answers, measured, Scale, Select } from "./forms.js";
import { Vitals } from "./before.js";

const HELP = [
  ["independent", "None: independent"],
  ["supervision", "Supervision"],
  ["contact_guard", "Contact guard"],
  ["minimal", "Minimal"],
  ["moderate", "Moderate"],
  ["maximal", "Maximal"],
];

// The figure goes with the scale that it was asked on; another scale begins unanswered.
function Effort() {
  const scale = currentScale();
  const other = otherScale();
  const choose = () => {
    chooseScale(other);
    changed();
  };
  return html`<div class="asked">
    <${Scale} key=${scale} name="effort" ...${SCALES[scale]} />
    <input type="hidden" name="effort_scale" value=${scale} />
    <button type="button" class="small" onClick=${choose}>Ask on ${SCALES[other].span}</button>
  </div>`;
}

export function After({ visit, enter }) {
  const before = visit.measured.find(({ moment }) => moment === "before");
  const submit = async (event) => {
    event.preventDefault();
    const given = answers(event.currentTarget);
    const entries = [measured("after", given), { kind: "assistance", assistance: given.assistance }];
    if (given.peak !== undefined) entries.unshift(measured("peak", { pain: given.peak }));
    if (given.adverse_event) entries.push({ kind: "adverse_event", adverse_event: given.adverse_event });
    if (given.remark) entries.push({ kind: "remark", remark: given.remark });
    await enter(...entries);
  };
  return html`<form onSubmit=${submit} class="stack">
    <${Scale} name="pain" legend="Pain now${!Number.isFinite(before?.pain_nprs) ? "" : ` (before the walk: ${before.pain_nprs})`}" low="0: none" high="10: worst imaginable" required />
    <${Scale} name="peak" legend="Worst pain while walking" low="0: none" high="10: worst imaginable" />
    <${Effort} />
    <${Vitals} of=${{}} />
    <${Select} name="assistance" label="Help that was needed" options=${HELP} now="supervision" />
    <div class="columns">
      <div class="field"><label for="f-adverse">Anything adverse</label><textarea id="f-adverse" name="adverse_event" maxlength="2000" placeholder="Leave empty if there was nothing."></textarea></div>
      <div class="field"><label for="f-remark">Remark, without names</label><textarea id="f-remark" name="remark" maxlength="2000"></textarea></div>
    </div>
    <div class="ways">
      <a class="button" href="#walk">Walk again</a>
      <button type="submit" class="next" disabled=${!may("supervisor")}>Keep, show the summary</button>
    </div>
  </form>`;
}
