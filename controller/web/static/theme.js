// Dark or light: as the device says, unless somebody chose.

import { keep, kept } from "./kept.js";

export const THEMES = ["auto", "light", "dark"];

const device = matchMedia("(prefers-color-scheme: dark)");
let theme = THEMES.includes(kept("theme")) ? kept("theme") : "auto";

export const currentTheme = () => theme;

export function chooseTheme(name) {
  theme = name;
  keep("theme", name);
  show();
}

function show() {
  const scheme = theme === "auto" ? (device.matches ? "dark" : "light") : theme;
  document.documentElement.dataset.scheme = scheme;
  dispatchEvent(new Event("retrotread-scheme"));
}

device.addEventListener("change", show);
show();
