// The walk in figures, for chart and grip strip: what the desk kept of it, then what comes in.
// Columns, because that is what the chart draws. Times are control's, in seconds.

const RECENT_S = 125;
const COARSE_S = 1;
const KEYS = ["at", "belt", "set", "cap", "left", "right", "heart"];

const empty = () => Object.fromEntries(KEYS.map((key) => [key, []]));

function row({ time_s, belt, set_point_mps, cap_mps, grip, heart_rate_bpm }) {
  const heard = grip.age_s !== null && grip.age_s <= 0.25;
  const hand = (side) => (heard ? Number(grip[side]) : null);
  return [time_s, belt.speed_mps, set_point_mps, cap_mps, hand("left"), hand("right"), heart_rate_bpm ?? null];
}

function push(columns, values) {
  KEYS.forEach((key, index) => columns[key].push(values[index]));
}

export const samples = {
  recent: empty(),
  whole: empty(),
  events: [], // {at, kind, text}
  session: null,

  // Before this, what the desk says counts; a new control process has a clock of its own.
  fill({ samples: rows, events, session_id }) {
    this.recent = empty();
    this.whole = empty();
    this.events = events;
    this.session = session_id;
    for (const values of rows) {
      push(this.whole, values);
      push(this.recent, values);
    }
  },

  add(telemetry) {
    const values = row(telemetry);
    if (values[0] < (this.recent.at.at(-1) ?? -Infinity)) this.recent = empty();
    if (telemetry.session_id !== null && telemetry.session_id !== this.session) {
      this.whole = empty();
      this.events = [];
      this.session = telemetry.session_id;
    }
    push(this.recent, values);
    const walks = telemetry.session_id !== null;
    if (walks && values[0] - (this.whole.at.at(-1) ?? -Infinity) >= COARSE_S) push(this.whole, values);
    this.forget(values[0]);
  },

  note(event) {
    this.events.push(event);
  },

  forget(now_s) {
    const first = this.recent.at.findIndex((at) => at >= now_s - RECENT_S);
    if (first > 20) for (const key of KEYS) this.recent[key].splice(0, first);
  },
};
