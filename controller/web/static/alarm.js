// Three sounds, in the patterns of IEC 60601-1-8. High priority: two groups of five beeps, repeated
// while it lasts. Medium: three lower ones, once, for a stop that a person must reset. Low: one,
// lower still, for a new warning. Browsers allow sound only after a first touch of the page.

const GROUP = [0, 0.2, 0.4, 0.75, 0.95];
const TRIP = [0, 0.25, 0.5];
const HIGH_HZ = 880;
const MEDIUM_HZ = 660;
const LOW_HZ = 440;
const BEEP_S = 0.12;
const REPEAT_MS = 4000;

let audio = null;
let timer = null;

function beep(at_s, hz) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hz;
  volume.gain.setValueAtTime(0, at_s);
  volume.gain.linearRampToValueAtTime(0.3, at_s + 0.02);
  volume.gain.linearRampToValueAtTime(0, at_s + BEEP_S);
  tone.connect(volume).connect(audio.destination);
  tone.start(at_s);
  tone.stop(at_s + BEEP_S);
}

function burst() {
  if (audio.state !== "running") return;
  for (const start_s of [0, 1.5]) {
    for (const offset_s of GROUP) beep(audio.currentTime + start_s + offset_s, HIGH_HZ);
  }
}

// Call on every gesture until sound is allowed.
export function allowSound() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume().catch(() => {});
}

export function soundTrip() {
  if (audio?.state !== "running") return;
  for (const offset_s of TRIP) beep(audio.currentTime + offset_s, MEDIUM_HZ);
}

export function soundWarning() {
  if (audio?.state === "running") beep(audio.currentTime, LOW_HZ);
}

export function soundAlarm(on) {
  if (on === (timer !== null) || audio === null) return;
  if (on) burst();
  else clearInterval(timer);
  timer = on ? setInterval(burst, REPEAT_MS) : null;
}
