// What this browser remembers of its own: unit and colours. It may refuse; then it forgets.

const KEY = "retrotread.";

export function kept(name) {
  try {
    return localStorage.getItem(KEY + name);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(KEY + name, value);
  } catch {
    // the choice holds until the page is loaded again
  }
}
