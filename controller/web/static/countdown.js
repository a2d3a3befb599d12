// Three, two, one, before Start is sent: aloud where the browser can speak, and in figures.

import { changed, known, say } from "./known.js";

const FROM_S = 3;
const TICK_MS = 1000;

let timer = null;

function speak(words) {
  if (!("speechSynthesis" in globalThis)) return;
  speechSynthesis.cancel();
  speechSynthesis.speak(new SpeechSynthesisUtterance(words));
}

function end(sentence = "") {
  clearTimeout(timer);
  known.countdown_s = null;
  if (sentence) {
    speak(sentence);
    say(sentence);
  }
  changed();
}

const first = () => (known.telemetry.belt_off ? "The motor stays off. Walk in" : "The belt starts in");

const MAY_NOT = "The start was called off: it is not possible any more.";

// `start` is called once, after the countdown; a second call before that calls it off.
export function countDown(start) {
  if (known.countdown_s !== null) return end("The start was called off.");
  clearTimeout(timer);
  known.countdown_s = FROM_S;
  const tick = () => {
    if (known.countdown_s === null) return;
    if (!known.telemetry?.may.includes("start")) return end(MAY_NOT);
    if (known.countdown_s === 0) {
      end();
      speak("Walk.");
      return start();
    }
    speak(known.countdown_s === FROM_S ? `${first()} ${FROM_S}` : String(known.countdown_s));
    changed();
    timer = setTimeout(() => {
      if (known.countdown_s !== null) known.countdown_s -= 1;
      tick();
    }, TICK_MS);
  };
  tick();
}
