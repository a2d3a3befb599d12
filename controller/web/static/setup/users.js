// Who may do what here. An engineer makes users; each PIN is shown once.

import { post, remove } from "../api.js";
import { fetched, forget } from "../fetched.js";
import { answers, Check, Field } from "../flow/forms.js";
import { html } from "../html.js";
import { changed, known, may, say } from "../known.js";

const ROLES = {
  viewer: "sees everything, moves nothing",
  supervisor: "runs sessions",
  engineer: "machines, limits, users",
};

let told = null; // {name, pin}, until the next step

export function Users() {
  if (!known.signedIn) return html`<p>Sign in to see this.</p>`;
  return html`
    <${OwnPin} />
    ${may("engineer") ? html`<${All} />` : html`<p>Only an engineer sees and makes users.</p>`}
  `;
}

function tell(answer) {
  told = answer.accepted && answer.pin ? answer : null;
  if (!answer.accepted) say(answer.reason);
  forget("/api/users");
}

function All() {
  const answer = fetched("/api/users");
  if (answer === null) return html`<p class="quiet">Asking…</p>`;
  if (answer.reason) return html`<p class="missing">${answer.reason}</p>`;
  return html`
    ${told && html`<p class="told" role="status">The PIN of ${told.name} is <strong>${told.pin}</strong>. It is shown this once.</p>`}
    <table>
      <thead><tr><th scope="col">Name</th><th scope="col">Roles</th><th scope="col">Signed in</th><th scope="col"><span class="unseen">What can be done</span></th></tr></thead>
      <tbody>${answer.users.map((user) => html`<${User} key=${user.name} ...${user} />`)}</tbody>
    </table>
    <${NewUser} />
  `;
}

function User({ name, roles, signed_in }) {
  const path = `/api/users/${encodeURIComponent(name)}`;
  const away = async () => tell(await remove(path));
  const renew = async () => tell(await post(`${path}/pin`));
  return html`<tr>
    <th scope="row">${name}</th><td>${roles.join(", ")}</td><td>${signed_in}</td>
    <td class="ways"><button type="button" onClick=${renew}>New PIN</button><button type="button" onClick=${away}>Remove</button></td>
  </tr>`;
}

function NewUser() {
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = answers(form);
    const roles = Object.keys(ROLES).filter((role) => given[role] === "on");
    if (roles.length === 0) return say("Choose at least one role.");
    tell(await post("/api/users", { name: given.user_name, roles }));
    form.reset();
  };
  return html`<details class="more"><summary>New user</summary><form onSubmit=${submit} class="stack">
    <${Field} name="user_name" label="Name" required maxlength="32" autocomplete="off" />
    ${Object.entries(ROLES).map(([role, does]) => html`<${Check} name=${role}><b>${role}</b>: ${does}<//>`)}
    <button type="submit">Make the user</button>
  </form></details>`;
}

function OwnPin() {
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { old_pin: pin, new_pin } = answers(form);
    const answer = await post("/api/pin", { pin, new_pin });
    form.reset();
    if (answer.user) known.user = answer.user;
    say(answer.accepted ? "Your PIN is another now." : answer.reason);
    changed();
  };
  return html`<details class="more"><summary>Change my PIN</summary><form onSubmit=${submit} class="stack">
    <${Field} name="old_pin" label="PIN of now" type="password" inputmode="numeric" required autocomplete="off" />
    <${Field} name="new_pin" label="New PIN" type="password" inputmode="numeric" required autocomplete="off" />
    <button type="submit">Change it</button>
  </form></details>`;
}
