// How old the newest telemetry is, also when it arrives in a late burst.

// The clocks of control and of this browser drift apart by some 50 ppm; this much a second of
// drift is forgiven, and a lasting delay of one second is still seen for half an hour.
const FORGIVEN = 0.0005;

export class Freshness {
  #lead_s = Infinity; // smallest (our clock - control's clock) seen: the delay of the fastest message
  #sent_s = null; // control's time of the newest message
  #heard_s = null;

  // A new connection, or a new control process with a clock of its own.
  restart() {
    this.#lead_s = Infinity;
    this.#sent_s = null;
    this.#heard_s = null;
  }

  heard(sent_s, now_s) {
    if (this.#sent_s !== null && sent_s < this.#sent_s) this.restart();
    const since_s = this.#heard_s === null ? 0 : now_s - this.#heard_s;
    this.#lead_s = Math.min(this.#lead_s + FORGIVEN * since_s, now_s - sent_s);
    this.#sent_s = sent_s;
    this.#heard_s = now_s;
  }

  // Seconds; Infinity if nothing was ever heard.
  age_s(now_s) {
    return this.#sent_s === null ? Infinity : now_s - this.#sent_s - this.#lead_s;
  }
}
