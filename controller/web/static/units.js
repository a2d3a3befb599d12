// The clinic's unit of speed. Everything else on the page is m/s.

import { kept, keep } from "./kept.js";

const PER_MPS = { mph: 1 / 0.44704, "km/h": 3.6 };

export const UNITS = Object.keys(PER_MPS);

let unit = UNITS.includes(kept("unit")) ? kept("unit") : "mph";

export const currentUnit = () => unit;

export function chooseUnit(name) {
  unit = name;
  keep("unit", name);
}

// Two decimals: one would show a creeping belt as 0.0.
export const shown = (mps) => (Number.isFinite(mps) ? (mps * PER_MPS[unit]).toFixed(2) : "–");

export const inUnit = (mps) => mps * PER_MPS[unit];

export const fromUnit = (value) => value / PER_MPS[unit];

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const seconds = (value_s) => `${value_s.toFixed(1)} s`;
