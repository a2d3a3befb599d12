// What was asked of the desk once and is shown from then on: asked again on demand, never in a loop.

import { get } from "./api.js";
import { changed } from "./known.js";

const kept = new Map();

// The answer to GET `path`, or null until it is there; `failed` sentences come as {reason}.
export function fetched(path) {
  if (!kept.has(path)) {
    kept.set(path, null);
    get(path).then((answer) => {
      kept.set(path, answer);
      changed();
    });
  }
  return kept.get(path);
}

// Ask anew at the next look; until then nothing old is shown as new.
export function forget(path) {
  for (const known of [...kept.keys()]) if (known.startsWith(path)) kept.delete(known);
  changed();
}
