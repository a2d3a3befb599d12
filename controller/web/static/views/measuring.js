// A commissioning that goes on, the same on every page: its step, the belt's speed, its question.

import { html } from "../html.js";
import { known, may, say } from "../known.js";
import { currentUnit, shown } from "../units.js";

export const measuring = () => known.commissioning !== null && !known.commissioning.over;

export function Measuring({ link }) {
  const { title, share, speed_mps, linked, at_rest, told, stopping } = known.commissioning;
  return html`<section class="step card" id="measuring" aria-labelledby="measuring-title">
    <h2 id="measuring-title">The treadmill is being commissioned</h2>
    <p class="facing"><strong>Nobody steps on.</strong> Whoever stands beside it keeps the safety key in hand.</p>
    <div role="status">
      <p id="measuring-step">${stopping ? `${stopping} The belt is being stopped.` : title}</p>
    </div>
    <label class="progress"><span class="unseen">How far it is</span><progress max="1" value=${share}></progress></label>
    <${Question} ...${known.commissioning} link=${link} />
    <p id="measuring-speed" class="figure">${shown(speed_mps)} <span class="unit">${currentUnit()}</span></p>
    <p class="quiet">${belt(linked, at_rest)}</p>
    ${told.map((sentence) => html`<p class="quiet" key=${sentence}>${sentence}</p>`)}
  </section>`;
}

const belt = (linked, at_rest) => {
  if (!linked) return "The treadmill is not connected now.";
  return at_rest ? "The belt is at rest." : "The belt moves, or may move at any moment.";
};

function Question({ question, step, link }) {
  if (!question) return null;
  const answer = async (yes) => {
    const { accepted, reason } = await link.reply(step, yes);
    say(accepted ? "" : reason);
  };
  return html`<div class="question" role="group" aria-labelledby="measuring-question">
    <p id="measuring-question" role="alert">${question}</p>
    ${may("engineer")
      ? html`<div class="ways">
          <button type="button" class="next" onClick=${() => answer(true)}>Yes</button>
          <button type="button" onClick=${() => answer(false)}>No, end it</button>
        </div>`
      : html`<p class="quiet">An engineer is asked, on a page of their own.</p>`}
  </div>`;
}
