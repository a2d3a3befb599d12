// Stop: from the button or the space bar, with or without a sign-in, over every road there is,
// until it is confirmed or the person is told to pull the safety key.

const CONFIRM_MS = 1000; // without a confirmation by then, the page says so
const REPEAT_MS = 400;
const KEEP_TRYING_MS = 10000; // later than this, a Stop that gets through would end another walk
const BOUNCE_MS = 300; // one press gives pointerdown and click

export class Stop {
  #link;
  #show;
  #pressedAt = -Infinity;
  #press = 0;
  #confirmed = true;

  // `show` gets "sent", "confirmed" or "unconfirmed".
  constructor(button, link, show) {
    this.#link = link;
    this.#show = show;
    button.addEventListener("pointerdown", () => this.press());
    button.addEventListener("click", () => this.press());
    // The space bar is Stop wherever the focus is: it must never press the button in focus.
    for (const type of ["keydown", "keyup"]) {
      addEventListener(type, (event) => this.#onKey(event), { capture: true });
    }
  }

  press() {
    const now = performance.now();
    if (now - this.#pressedAt < BOUNCE_MS) return;
    this.#pressedAt = now;
    this.#confirmed = false;
    const press = ++this.#press;
    this.#show("sent");
    setTimeout(() => press === this.#press && !this.#confirmed && this.#show("unconfirmed"), CONFIRM_MS);
    this.#tryUntilConfirmed(press);
  }

  #onKey(event) {
    if (event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.type === "keydown" && !event.repeat) this.press();
  }

  async #tryUntilConfirmed(press) {
    const until = performance.now() + KEEP_TRYING_MS;
    if (this.#link.open) this.#link.command("stop").then((answer) => this.#heard(press, answer));
    else this.#post(press);
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, REPEAT_MS));
      if (this.#confirmed || press !== this.#press) return;
      this.#post(press);
    }
  }

  async #post(press) {
    try {
      const response = await fetch("/api/stop", { method: "POST", signal: AbortSignal.timeout(1500) });
      this.#heard(press, await response.json());
    } catch {
      // no answer is no confirmation: the next try or the notice follows
    }
  }

  #heard(press, answer) {
    if (!answer.accepted || press !== this.#press || this.#confirmed) return;
    this.#confirmed = true;
    this.#show("confirmed");
  }
}
