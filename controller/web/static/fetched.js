// What the desk was asked for, and is shown while it is asked again: never older than a few seconds
// for as long as a view looks at it.

import { get } from "./api.js";
import { changed } from "./known.js";

const OLD_MS = 5000;
const kept = new Map(); // path → {answer, askedAt}

function ask(path) {
  const entry = { answer: kept.get(path)?.answer ?? null, askedAt: performance.now() };
  kept.set(path, entry);
  get(path).then((answer) => {
    if (kept.get(path) !== entry) return;
    entry.answer = answer;
    changed();
  });
  return entry;
}

// The answer to GET `path`, or null until it is there; one that failed has a `reason`.
export function fetched(path) {
  const entry = kept.get(path);
  return (!entry || performance.now() - entry.askedAt > OLD_MS ? ask(path) : entry).answer;
}

// Ask anew at the next look; until then nothing old is shown as new.
export function forget(path) {
  for (const known of [...kept.keys()]) if (known.startsWith(path)) kept.delete(known);
  changed();
}
