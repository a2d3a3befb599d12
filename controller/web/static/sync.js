// What a page asks of the desk when it comes, or comes back: who is signed in, and the walk so far.

import { get } from "./api.js";
import { changed, known } from "./known.js";
import { samples } from "./samples.js";

export async function resync() {
  const [state, walk] = await Promise.all([get("/api/state"), get("/api/walk")]);
  if ("user" in state) known.user = state.user;
  if (Array.isArray(walk.samples)) samples.fill(walk);
  changed();
}

export const user = {
  // The desk says twice a second who is signed in; the token for requests comes from its state.
  heard({ signed_in, roles, user: name }) {
    const before = known.signedIn;
    known.signedIn = signed_in;
    if (!signed_in) known.user = null;
    else if (roles) known.user = { ...known.user, name, roles };
    if (before !== signed_in) changed();
    if (signed_in && !before) resync();
  },
};
