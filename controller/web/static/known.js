// Everything this page knows now. Views read it; link, forms and taps change it and say `changed`.

export const now_s = () => performance.now() / 1000;

export const known = {
  title: "Retrotread",
  telemetry: null, // as control last said it
  heardAt_s: now_s(), // when that was, by this page's clock
  age_s: Infinity, // how old it is, its way here included
  met: false, // a connection stood at least once
  open: false, // one stands now
  control: true, // control is there, says the desk
  signedIn: false,
  user: null, // name, roles, csrf
  stop: "none", // none, sent, confirmed, unconfirmed
  note: "", // one sentence over the buttons
  requests: [], // what the network asks for
  requestsAt_s: 0,
  visit: null, // the patient being seen, the same on every page
  story: [], // what became of the last stop, as the desk saw it
  commissioning: null, // one that goes on, or what came of the last one
  changesOverAt_s: -Infinity, // when control and a commissioner last gave way to each other
  countdown_s: null, // seconds left before Start is sent
  place: "walk", // walk, session, archive, setup
};

let draw = () => {};

export const onChange = (callback) => {
  draw = callback;
};

export const changed = () => draw();

let noteTimer = null;
const NOTE_MS = 8000;

// One sentence over the buttons, for as long as it takes to read it.
export function say(text) {
  known.note = text;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => {
    known.note = "";
    changed();
  }, NOTE_MS);
  changed();
}

// Before the desk tells roles, whoever knows the PIN has them all.
export const may = (role) => known.signedIn && (known.user?.roles ?? [role]).includes(role);
