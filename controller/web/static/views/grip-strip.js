// Which hand held when: a bar where it held, an outline where it did not, nothing where it is not known.

import { Component, createRef, html } from "../html.js";
import { LEFT, RIGHT } from "./chart.js";

const DRAW_MS = 250;
const ROWS = [["left", "L"], ["right", "R"]];
const ROW = 13;
const GAP = 4;
const BREAK_S = 3; // a longer silence is not bridged

export class GripStrip extends Component {
  place = createRef();

  shouldComponentUpdate() {
    return false;
  }

  componentDidMount() {
    this.timer = setInterval(() => this.draw(), DRAW_MS);
    this.draw();
  }

  componentWillUnmount() {
    clearInterval(this.timer);
  }

  draw() {
    const canvas = this.place.current;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const style = getComputedStyle(canvas);
    const { columns, begin, end } = this.props.part();
    const x = (at) => LEFT + ((at - begin) / (end - begin)) * (width - LEFT - RIGHT);
    ROWS.forEach(([side, name], index) => {
      const top = index * (ROW + GAP) + 1;
      pen.fillStyle = style.getPropertyValue("--muted");
      pen.font = `12px ${style.fontFamily}`;
      pen.textAlign = "right";
      pen.fillText(name, LEFT - 8, top + ROW - 2);
      for (const run of runs(columns.at, columns[side], begin)) bar(pen, style, run, x, top);
    });
  }

  render() {
    return html`<canvas class="grip-strip" ref=${this.place} role="img" aria-label="Which hand held the rail, over the same time"></canvas>`;
  }
}

function bar(pen, style, { from, to, held }, x, top) {
  const left = x(from);
  const width = Math.max(x(to) - left, 1.5);
  if (held) {
    pen.fillStyle = style.getPropertyValue("--accent");
    pen.fillRect(left, top, width, ROW);
  } else {
    pen.fillStyle = style.getPropertyValue("--trip");
    pen.fillRect(left, top + ROW / 2 - 1.5, width, 3);
  }
}

// Stretches of the same word: {from, to, held}; unknown ones are left out.
export function runs(at, values, begin) {
  const found = [];
  let run = null;
  for (let index = 0; index < at.length; index += 1) {
    const [time, value] = [at[index], values[index]];
    if (time < begin) continue;
    const joined = run !== null && value === run.value && time - run.to <= BREAK_S;
    if (run !== null && time - run.to <= BREAK_S) run.to = time;
    if (!joined) {
      run = value === null ? null : { from: time, to: time, value, held: value === 1 };
      if (run !== null) found.push(run);
    }
  }
  return found;
}
