// What programs on the network ask a supervisor to do. Only a tap here does it, and only once.

import { currentUnit, shown } from "./units.js";

const WHAT = {
  request_start: () => "start the walk",
  request_speed: ({ speed_mps }) => `set the speed to ${shown(speed_mps)} ${currentUnit()}`,
  request_program: ({ program }) => `arm the program “${program}”`,
};

export class Requests {
  #panel;
  #tap;
  #say;
  #rows = [];
  #heardAt_s = 0;
  #items = new Map();

  // `tap` takes an id and whether it is accepted, and promises the answer.
  constructor(panel, tap, say) {
    this.#panel = panel;
    this.#tap = tap;
    this.#say = say;
  }

  heard(rows, at_s) {
    this.#rows = rows;
    this.#heardAt_s = at_s;
  }

  draw(now_s, enabled) {
    const since_s = now_s - this.#heardAt_s;
    const rows = this.#rows.filter((row) => row.left_s > since_s);
    this.#panel.hidden = rows.length === 0;
    this.#title(rows.length);
    this.#forget(new Set(rows.map((row) => row.id)));
    for (const row of rows) this.#draw(row, row.left_s - since_s, enabled);
  }

  #title(count) {
    const title = this.#panel.querySelector("h3");
    const text = count === 1 ? "Asked over the network" : `Asked over the network: ${count}`;
    if (title.textContent !== text) title.textContent = text;
  }

  // A row stays the same element while it waits, so that no tap meets another row's button.
  #draw(row, left_s, enabled) {
    const item = this.#items.get(row.id) ?? this.#made(row);
    const what = WHAT[row.verb]?.(row) ?? row.verb;
    item.querySelector("span").textContent = `${row.client}: ${what}`;
    item.querySelector("time").textContent = `${Math.ceil(left_s)} s`;
    for (const button of item.querySelectorAll("button")) button.disabled = !enabled;
  }

  #made(row) {
    const item = document.createElement("li");
    item.append(document.createElement("span"), document.createElement("time"));
    item.append(this.#button(row.id, "Accept", true), this.#button(row.id, "Dismiss", false));
    this.#panel.querySelector("ul").append(item);
    this.#items.set(row.id, item);
    return item;
  }

  #button(id, text, accept) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.addEventListener("click", async () => {
      this.#rows = this.#rows.filter((row) => row.id !== id);
      const answer = await this.#tap(id, accept);
      this.#say(answer.accepted ? "" : answer.reason);
    });
    return button;
  }

  #forget(waiting) {
    for (const [id, item] of this.#items) {
      if (waiting.has(id)) continue;
      item.remove();
      this.#items.delete(id);
    }
  }
}
