// The line between this page and the desk: one WebSocket that comes back by itself. A command is
// sent once or not at all; nothing is kept for a later connection.

const RETRY_MS = 500;
const SILENCE_MS = 3000; // the desk pulses twice a second
const ANSWER_MS = 1500;
const LOST = { accepted: false, reason: "The console is not connected. Nothing was sent.", silent: true };
const NO_ANSWER = { accepted: false, reason: "No answer came. Look at the belt before you try again.", silent: true };

export class Link {
  #socket = null;
  #asked = new Map();
  #next = 1;
  #heardAt = 0;
  #nonce = undefined; // of the newest pulse: what proves that a command is of now
  #on;

  // `on` has a function for each kind of message, and `opened` and `closed`.
  constructor(on) {
    this.#on = on;
    setInterval(() => this.#dropIfSilent(), 500);
    this.#connect();
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  // Connect again at once, with the cookie of now; what was shown stays until it is old.
  renew() {
    const former = this.#socket;
    this.#connect();
    former?.close();
  }

  // `more`: with arm, the orientation that the page shows and the tap confirms, and the program;
  // with report, what the patient says.
  command(verb, more = {}) {
    return this.#ask({ kind: "command", verb, ...more });
  }

  // A supervisor's word on a request of the network.
  tap(request, accept, orientation) {
    return this.#ask({ kind: "tap", request, accept, orientation });
  }

  // An engineer's answer to what a commissioning asks in this step.
  reply(step, yes) {
    return this.#ask({ kind: "reply", step, yes });
  }

  #ask(message) {
    if (!this.open) return Promise.resolve(LOST);
    const id = String(this.#next++);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, NO_ANSWER), ANSWER_MS);
      this.#asked.set(id, { resolve, timer });
      this.#say({ ...message, id, nonce: this.#nonce });
    });
  }

  #connect() {
    const address = new URL("/ws", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.addEventListener("open", () => this.#on.opened());
    socket.addEventListener("message", (event) => socket === this.#socket && this.#take(event.data));
    socket.addEventListener("close", () => this.#lose(socket, RETRY_MS));
  }

  #take(text) {
    this.#heardAt = performance.now();
    const message = parsed(text);
    if (message?.kind === "answer") this.#settle(message.id, message);
    else if (message?.kind === "pulse") this.#pulse(message);
    this.#on[message?.kind]?.(message);
  }

  #pulse({ nonce }) {
    this.#nonce = nonce;
    this.#say({ kind: "pulse", seen: document.visibilityState === "visible" });
  }

  #say(message) {
    if (this.open) this.#socket.send(JSON.stringify(message));
  }

  #settle(id, answer) {
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#asked.delete(id);
    clearTimeout(asked.timer);
    asked.resolve(answer);
  }

  #dropIfSilent() {
    if (performance.now() - this.#heardAt > SILENCE_MS) this.#lose(this.#socket, 0);
  }

  // A half-open socket may take minutes to report its close; it is left behind instead.
  #lose(socket, pauseMs) {
    if (socket === null || socket !== this.#socket) return;
    this.#socket = null;
    this.#heardAt = Infinity;
    socket.close();
    for (const id of [...this.#asked.keys()]) this.#settle(id, NO_ANSWER);
    this.#on.closed();
    setTimeout(() => this.#socket ?? this.#connect(), pauseMs);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
