// The clinic's unit of speed. Everything else on the page is m/s.

const PER_MPS = { mph: 1 / 0.44704, "km/h": 3.6 };
const KEY = "retrotread.unit";

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser may refuse storage; the unit is then forgotten on reload
  }
}

let unit = kept() in PER_MPS ? kept() : "mph";

export const currentUnit = () => unit;

// Two decimals: one would show a creeping belt as 0.0.
export const shown = (mps) => (Number.isFinite(mps) ? (mps * PER_MPS[unit]).toFixed(2) : "–");

export const inUnit = (mps) => mps * PER_MPS[unit];

export const fromUnit = (value) => value / PER_MPS[unit];

// Joins the switch in `fieldset` to the unit; `onChange` is called after each change.
export function bindUnitSwitch(fieldset, onChange) {
  const mark = () => {
    for (const label of document.querySelectorAll(".unit")) label.textContent = unit;
  };
  for (const input of fieldset.querySelectorAll("input")) {
    input.checked = input.value === unit;
    input.addEventListener("change", () => {
      unit = input.value;
      try {
        localStorage.setItem(KEY, unit);
      } catch {
        // see kept()
      }
      mark();
      onChange();
    });
  }
  mark();
}
