// The strip of the last two minutes: belt speed, set-point and cap on one canvas.

import { fromUnit, inUnit } from "./units.js";

const SPAN_S = 120;
const GAP_S = 1; // a longer silence breaks the line instead of bridging it
const PAD = { left: 40, right: 84, top: 12, bottom: 24 };
const NAME_HEIGHT = 16;
const LEAST_TOP = 0.5; // m/s; the scale never grows finer than this

const SERIES = [
  { key: "cap", name: "Cap", width: 1.5, dash: [2, 4], colour: "--muted" },
  { key: "setPoint", name: "Set-point", width: 2, dash: [7, 4], colour: "--ink" },
  { key: "speed", name: "Belt", width: 3, dash: [], colour: "--accent" },
];

export class Chart {
  #canvas;
  #samples = [];

  constructor(canvas) {
    this.#canvas = canvas;
  }

  add(now_s, telemetry) {
    this.#samples.push({
      at: now_s,
      speed: telemetry.belt.speed_mps,
      setPoint: telemetry.set_point_mps,
      cap: telemetry.cap_mps,
    });
    const oldest = this.#samples.findIndex((sample) => sample.at >= now_s - SPAN_S);
    if (oldest > 0) this.#samples.splice(0, oldest);
  }

  draw(now_s) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0) return;
    const pen = this.#fitted(width, height);
    const top = this.#top();
    const x = (at) => PAD.left + ((at - now_s) / SPAN_S + 1) * (width - PAD.left - PAD.right);
    const y = (mps) => height - PAD.bottom - (mps / top) * (height - PAD.top - PAD.bottom);
    const style = getComputedStyle(this.#canvas);
    pen.font = `13px ${style.fontFamily}`;
    this.#axes(pen, style, { x, y, top, now_s, width, height });
    for (const series of SERIES) this.#line(pen, style, series, x, y);
    this.#names(pen, style, y, width - PAD.right + 8, height);
  }

  #fitted(width, height) {
    const scale = devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * scale)) this.#canvas.width = Math.round(width * scale);
    if (this.#canvas.height !== Math.round(height * scale)) this.#canvas.height = Math.round(height * scale);
    const pen = this.#canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    return pen;
  }

  #top() {
    const highest = this.#samples.reduce((top, { speed, cap }) => Math.max(top, speed ?? 0, cap ?? 0), 0);
    return Math.max(LEAST_TOP, highest * 1.15);
  }

  #axes(pen, style, { x, y, top, now_s, width, height }) {
    pen.lineWidth = 1;
    pen.setLineDash([]);
    pen.strokeStyle = style.getPropertyValue("--line");
    pen.fillStyle = style.getPropertyValue("--muted");
    pen.textAlign = "right";
    const step = inUnit(top) > 2 ? 1 : 0.5;
    for (let value = 0; fromUnit(value) <= top; value += step) {
      const at = Math.round(y(fromUnit(value))) + 0.5;
      pen.beginPath();
      pen.moveTo(PAD.left, at);
      pen.lineTo(width - PAD.right, at);
      pen.stroke();
      pen.fillText(value.toFixed(1), PAD.left - 8, at + 4);
    }
    pen.textAlign = "center";
    for (const [ago_s, text] of [[120, "−2 min"], [60, "−1 min"], [0, "now"]]) {
      pen.fillText(text, x(now_s - ago_s), height - 6);
    }
  }

  #line(pen, style, { key, width, dash, colour }, x, y) {
    pen.beginPath();
    let previous = null;
    for (const sample of this.#samples) {
      if (!Number.isFinite(sample[key])) {
        previous = null;
        continue;
      }
      const joined = previous !== null && sample.at - previous <= GAP_S;
      if (joined) pen.lineTo(x(sample.at), y(sample[key]));
      else pen.moveTo(x(sample.at), y(sample[key]));
      previous = sample.at;
    }
    pen.strokeStyle = style.getPropertyValue(colour);
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.lineJoin = "round";
    pen.stroke();
  }

  // Each line is named at its end; names that would overlap move down, and up again at the floor.
  #names(pen, style, y, left, height) {
    const newest = this.#samples.at(-1);
    const named = SERIES.filter(({ key }) => Number.isFinite(newest?.[key]))
      .map((series) => ({ ...series, at: y(newest[series.key]) + 4 }))
      .sort((a, b) => a.at - b.at);
    let free = 0;
    for (const name of named) {
      name.at = Math.max(name.at, free);
      free = name.at + NAME_HEIGHT;
    }
    free = height - PAD.bottom + 4;
    for (const name of [...named].reverse()) {
      name.at = Math.min(name.at, free);
      free = name.at - NAME_HEIGHT;
    }
    pen.textAlign = "left";
    for (const { name, colour, at } of named) {
      pen.fillStyle = style.getPropertyValue(colour);
      pen.fillText(name, left, at);
    }
  }
}
