// Belt speed, set-point and cap over time, drawn by uPlot, with the events of the walk as marks.

import { Component, createRef, html } from "../html.js";
import { clock, inUnit } from "../units.js";

const uPlot = globalThis.uPlot;
const DRAW_MS = 250;
const LEAST_TOP_MPS = 0.5; // the scale never grows finer than this
export const LEFT = 48; // of the plot; the grip strip begins there too
export const RIGHT = 14;
const SERIES = [
  { key: "cap", width: 1.5, dash: [2, 4], colour: "--muted" },
  { key: "set", width: 2, dash: [8, 5], colour: "--ink" },
  { key: "belt", width: 3, dash: [], colour: "--accent" },
];

export class Chart extends Component {
  place = createRef();

  shouldComponentUpdate() {
    return false;
  }

  componentDidMount() {
    this.made = () => this.make();
    this.watch = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.watch.observe(this.place.current);
    addEventListener("retrotread-scheme", this.made);
    this.make();
    this.timer = setInterval(() => this.draw(), DRAW_MS);
  }

  componentWillUnmount() {
    clearInterval(this.timer);
    this.watch.disconnect();
    removeEventListener("retrotread-scheme", this.made);
    this.plot?.destroy();
  }

  size() {
    const { clientWidth, clientHeight } = this.place.current;
    return { width: Math.max(clientWidth, 100), height: Math.max(clientHeight, 60) };
  }

  make() {
    this.plot?.destroy();
    this.shown = this.props.part();
    this.plot = new uPlot(options(this), this.data(), this.place.current);
    this.draw();
  }

  data() {
    const { columns } = this.shown;
    const speeds = ({ key }) => columns[key].map((mps) => (mps === null ? null : inUnit(mps)));
    return [columns.at, ...SERIES.map(speeds)];
  }

  draw() {
    this.shown = this.props.part();
    this.plot.setData(this.data());
  }

  render({ label }) {
    return html`<div class="chart" ref=${this.place} role="img" aria-label=${label}></div>`;
  }
}

function options(chart) {
  const style = getComputedStyle(chart.place.current);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--muted"),
    font: `13px ${style.fontFamily}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    ...chart.size(),
    padding: [8, RIGHT, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [chart.shown.begin, chart.shown.end] },
      y: { range: (_plot, _low, high) => [0, Math.max(inUnit(LEAST_TOP_MPS), high * 1.12)] },
    },
    axes: [
      { ...axis, size: 26, gap: 4, splits: () => splits(chart.shown), values: (_plot, at) => at.map((each) => label(each, chart.shown)) },
      { ...axis, size: LEFT, gap: 6, values: (_plot, values) => values.map((value) => value.toFixed(1)), space: (_plot, _axis, _low, _high, height) => Math.min(34, height / 2.5) },
    ],
    series: [{}, ...SERIES.map(({ width, dash, colour: name }) => ({ stroke: colour(name), width, dash, points: { show: false } }))],
    hooks: { draw: [(plot) => marks(plot, chart.shown, colour, style.fontFamily)] },
  };
}

// Round times: every half minute back from now, or a handful over a whole walk.
function splits({ begin, end, span }) {
  const step = span === "recent" ? 30 : [10, 30, 60, 120, 300, 600].find((each) => (end - begin) / each <= 8) ?? 900;
  const first = span === "recent" ? end : begin;
  const sign = span === "recent" ? -1 : 1;
  const count = Math.floor((end - begin) / step);
  const all = Array.from({ length: count + 1 }, (_, index) => first + sign * index * step);
  return sign < 0 ? all.reverse() : all;
}

function label(at, { begin, end, span }) {
  if (span !== "recent") return clock(at - begin);
  const ago_s = Math.round(end - at);
  return ago_s === 0 ? "now" : `−${clock(ago_s)}`;
}

function marks(plot, { events }, colour, family) {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio || 1;
  ctx.save();
  ctx.font = `${12 * scale}px ${family}`;
  ctx.lineWidth = 1.5 * scale;
  let free = -Infinity;
  for (const { at, text, grade } of events) {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left) continue;
    ctx.strokeStyle = ctx.fillStyle = colour(grade === "trip" ? "--trip" : "--muted");
    ctx.setLineDash(grade === "trip" ? [] : [3 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(text).width;
    const left = Math.min(x + 4 * scale, bbox.left + bbox.width - width);
    if (left > free) {
      ctx.setLineDash([]);
      ctx.save();
      ctx.strokeStyle = colour("--card");
      ctx.lineWidth = 5 * scale;
      ctx.strokeText(text, left, bbox.top + 12 * scale);
      ctx.restore();
      ctx.fillText(text, left, bbox.top + 12 * scale);
      free = left + width + 8 * scale;
    }
  }
  ctx.restore();
}

