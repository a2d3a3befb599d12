// Perceived effort, on the scale that this clinic asks. The scale goes with every figure.

import { keep, kept } from "./kept.js";

export const SCALES = {
  borg_6_20: { span: "6 to 20", legend: "Effort, Borg 6 to 20", from: 6, to: 20, low: "6: none", high: "20: maximal" },
  cr_0_10: { span: "0 to 10", legend: "Effort, 0 to 10", from: 0, to: 10, low: "0: none", high: "10: maximal" },
};

let now = kept("effort") in SCALES ? kept("effort") : "borg_6_20";

export const currentScale = () => now;

export const otherScale = () => Object.keys(SCALES).find((scale) => scale !== now);

export function chooseScale(scale) {
  now = scale;
  keep("effort", scale);
}

// A figure as it is read: never without its scale.
export const said = ({ rating, scale }) => `${rating} (${SCALES[scale]?.span ?? scale})`;
