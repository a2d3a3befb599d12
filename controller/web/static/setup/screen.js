// What this browser shows and sounds like, and nobody else's.

import { allowSound, soundAlarm, soundTrip, soundWarning } from "../alarm.js";
import { html } from "../html.js";
import { Switch } from "../views/switch.js";
import { chooseTheme, currentTheme, THEMES } from "../theme.js";
import { chooseUnit, currentUnit, UNITS } from "../units.js";

const HEARD_MS = 3500;

function high() {
  soundAlarm(true);
  setTimeout(() => soundAlarm(false), HEARD_MS);
}

const SOUNDS = [
  ["▲ High", "a stop that did not work: red, the whole screen, fast", high],
  ["◆ Medium", "a stop that must be reset: amber, striped, slow", soundTrip],
  ["● Low", "a warning: blue, dotted, steady", soundWarning],
];

export function Screen() {
  return html`<div class="stack">
    <div class="row">
      <${Switch} name="unit-setup" legend="Unit of speed" seen values=${UNITS} now=${currentUnit()} choose=${chooseUnit} />
      <${Switch} name="theme-setup" legend="Colours" seen values=${THEMES} now=${currentTheme()} choose=${chooseTheme} />
    </div>
    <h3>Sounds: try each before the first patient</h3>
    <ul class="sounds">
      ${SOUNDS.map(
        ([name, means, sound]) => html`<li><button type="button" onClick=${() => {
          allowSound();
          sound();
        }}>${name}</button> ${means}</li>`,
      )}
    </ul>
    <p class="quiet">A browser sounds only after its page was touched once. Turn the tablet’s volume up.</p>
  </div>`;
}
