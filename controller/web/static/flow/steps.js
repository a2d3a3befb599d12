// The steps of a visit, and which of them is due. Where a visit stands is the desk's word; which
// earlier step somebody looks at again is this page's own.

import { known } from "../known.js";

export const STEPS = {
  patient: "Patient",
  checklist: "Checklist",
  before: "Before",
  arm: "Arm",
  walk: "Walk",
  after: "After",
  summary: "Summary",
};
export const NAMES = Object.keys(STEPS);

const has = (visit, moment) => visit.measured.some((each) => each.moment === moment);

const BY_STAGE = {
  before: (visit) => {
    if (!visit.screening || !visit.consent || !visit.safety_key_checked) return "checklist";
    return has(visit, "before") ? "arm" : "before";
  },
  walking: () => "walk",
  after: (visit) => (has(visit, "after") ? "summary" : "after"),
  closed: () => "summary",
};

export function due(visit) {
  return visit === null ? "patient" : (BY_STAGE[visit.stage]?.(visit) ?? "patient");
}

let lookingAt = null;

// The step that is shown: an earlier one that somebody went back to, until the visit goes on.
export function shownStep() {
  const step = due(known.visit);
  const back = lookingAt !== null && lookingAt.due === step && canLook(lookingAt.step);
  return back ? lookingAt.step : step;
}

// Back is possible up to arming, and between the steps of a visit that is open.
export function canLook(step) {
  const now = due(known.visit);
  if (known.visit === null || known.telemetry?.state !== "idle") return false;
  return ["checklist", "before"].includes(step) && known.visit.stage === "before" && NAMES.indexOf(step) < NAMES.indexOf(now);
}

export function look(step) {
  lookingAt = { step, due: due(known.visit) };
}

export const lookAhead = () => {
  lookingAt = null;
};
