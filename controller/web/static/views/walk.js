// The walk as it is now. After a trip, what happened takes the place of the chart.

import { html } from "../html.js";
import { known } from "../known.js";
import { Hands } from "./hands.js";
import { Heart } from "./heart.js";
import { Report } from "./report.js";
import { Speed } from "./speed.js";
import { State } from "./state.js";
import { Strip } from "./strip.js";
import { Story, tells } from "./story.js";

const NOTHING = {
  state: "unknown",
  sentence: "",
  cause: null,
  clears: "",
  missing: [],
  may: [],
  warnings: [],
  belt_off: false,
  rest_left_s: null,
  belt: { linked: false, speed_mps: null, age_s: null, at_rest: false },
  grip: { left: false, right: false, age_s: null, proven: false, tether: null, battery_pct: null },
  set_point_mps: null,
  cap_mps: null,
  cap_source: "",
  heart_rate_bpm: null,
};

export function Walk({ link, stop, covered }) {
  const telemetry = known.telemetry ?? NOTHING;
  // Every age has grown since this telemetry was current.
  const since_s = Number.isFinite(known.age_s) ? known.age_s : 0;
  const part = { telemetry, since_s, link, stop, covered };
  return html`
    <${State} ...${part} />
    <${Speed} ...${part} />
    <div id="body">
      <${Hands} ...${part} />
      <${Heart} ...${part} />
    </div>
    ${tells(telemetry) ? html`<${Story} ...${part} />` : html`<${Strip} ...${part} />`}
    <${Report} ...${part} />
  `;
}
