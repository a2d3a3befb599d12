// The top of the page: where you are, how fresh it is, units and colours, who is signed in.

import { post } from "../api.js";
import { html } from "../html.js";
import { known, say } from "../known.js";
import { PLACES } from "../places.js";
import { chooseTheme, currentTheme, THEMES } from "../theme.js";
import { chooseUnit, currentUnit, seconds, UNITS } from "../units.js";
import { Switch } from "./switch.js";

const LIVE_S = 1;
const ALONE = "clinic";

export function Head({ link }) {
  return html`
    <h1 id="title">${known.title}</h1>
    <p id="live" class="quiet">${liveness()}</p>
    <nav aria-label="Places">
      ${Object.entries(PLACES).map(
        ([place, name]) =>
          html`<a href="#${place}" aria-current=${known.place === place ? "page" : null}>${name}</a>`,
      )}
    </nav>
    <${Switch} name="unit" legend="Unit of speed" values=${UNITS} now=${currentUnit()} choose=${chooseUnit} />
    <${Switch} name="theme" legend="Colours" values=${THEMES} now=${currentTheme()} choose=${chooseTheme} />
    ${known.signedIn ? html`<${SignOut} link=${link} />` : html`<${SignIn} link=${link} />`}
    <p id="fine-print" class="quiet">Keep the machine’s own safety key in your hand. Not a medical device.</p>
  `;
}

const liveness = () => (known.age_s <= LIVE_S ? `Live · ${seconds(Math.max(0, known.age_s))}` : "No live data");

function SignIn({ link }) {
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = form.elements.name.value.trim();
    const entry = { pin: form.elements.pin.value };
    const outcome = await post("/api/sign-in", name && name !== ALONE ? { name, ...entry } : entry);
    form.elements.pin.value = "";
    say(outcome.accepted ? "You are signed in." : outcome.reason);
    if (!outcome.accepted) return form.elements.pin.focus();
    known.user = outcome.user ?? null;
    link.renew();
  };
  return html`<form id="sign-in" autocomplete="off" onSubmit=${submit}>
    <label for="name">Name</label>
    <input id="name" name="name" maxlength="32" defaultValue=${ALONE} autocomplete="off" />
    <label for="pin">PIN</label>
    <input id="pin" name="pin" type="password" inputmode="numeric" maxlength="32" required
      autocomplete="off" aria-describedby="note" />
    <button type="submit">Sign in</button>
  </form>`;
}

function SignOut({ link }) {
  const leave = async () => {
    await post("/api/sign-out", {});
    say("You are signed out. Stop still works.");
    link.renew();
  };
  const name = known.user?.name;
  return html`<div id="signed-in">
    ${name && html`<span class="quiet">${name}</span>`}
    <button id="sign-out" type="button" onClick=${leave}>Sign out</button>
  </div>`;
}
