// The page's places, kept in the address after #, so that Back works and a reload stays.

export const PLACES = { walk: "Walk", session: "Session", archive: "Archive", setup: "Setup" };

const parts = () => location.hash.slice(1).split("/");

export const placeNow = () => (parts()[0] in PLACES ? parts()[0] : "walk");

// What is shown inside the place: a page of the setup, a patient of the archive.
export const within = () => decodeURIComponent(parts()[1] ?? "");

export function goTo(place, inside = "") {
  const hash = `#${place}${inside && `/${encodeURIComponent(inside)}`}`;
  if (location.hash !== hash && !(place === "walk" && location.hash === "")) location.hash = hash;
}
