// What lies over everything but Stop: nothing on the page is current, or a stop did not work.

import { html } from "../html.js";
import { known, now_s } from "../known.js";

const STALE_S = 1;
const CHANGE_OVER_S = 20;

// The most urgent thing that must be said over everything, or null.
export function cover() {
  if (known.stop === "unconfirmed") {
    return {
      level: "high",
      title: "Stop not confirmed. Pull the safety key.",
      text: "No answer came to Stop. Press it again once the key is pulled.",
    };
  }
  if (known.telemetry?.pull_key) {
    return {
      level: "high",
      title: "Could not verify the stop: pull the safety key.",
      text: known.telemetry.sentence,
    };
  }
  if (known.commissioning?.pull_key) {
    return {
      level: "high",
      title: "Could not verify the stop: pull the safety key.",
      text: known.commissioning.stopping || known.commissioning.refusal,
    };
  }
  if (known.age_s <= STALE_S && known.control) return null;
  return {
    level: "stale",
    title: staleTitle(),
    text: "Nothing on this page is current. Look at the belt. If it moves, press Stop, or pull the safety key.",
    age: `Last news ${Math.floor(now_s() - known.heardAt_s)} s ago`,
  };
}

function staleTitle() {
  if (!known.met) return "Connecting to the console.";
  if (!known.open) return "Connection to the console lost.";
  if (now_s() - known.changesOverAt_s < CHANGE_OVER_S) return "Changing over to or from a commissioning.";
  return known.control ? "No live data." : "The control process is not there.";
}

export function Cover({ over }) {
  if (over === null) return null;
  return html`
    <h2 id="cover-title">${over.title}</h2>
    <p id="cover-text">${over.text}</p>
    ${over.age && html`<p id="cover-age" aria-hidden="true">${over.age}</p>`}
  `;
}
