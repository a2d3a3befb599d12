// The PIN form. It lies in the header, never over the page: Stop stays in reach.

// The token of the sign-in, which each request that changes something carries.
async function token() {
  const { user } = await (await fetch("/api/state")).json();
  return user?.csrf ?? "";
}

async function post(path, body, headers = {}) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { accepted: false, reason: "The console does not answer. Try again." };
  }
}

// `onChange` is called when the session changed; `say` shows one sentence.
export function bindSignIn(form, signOut, onChange, say) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const outcome = await post("/api/sign-in", { name: form.elements.name.value, pin: form.elements.pin.value });
    form.elements.pin.value = "";
    say(outcome.accepted ? "You are signed in." : outcome.reason);
    if (outcome.accepted) onChange();
    else form.elements.pin.focus();
  });
  signOut.addEventListener("click", async () => {
    const outcome = await post("/api/sign-out", {}, { "x-csrf-token": await token().catch(() => "") });
    say(outcome.accepted ? "You are signed out. Stop still works." : outcome.reason);
    onChange();
  });
}

export function showSignedIn(form, signOut, signedIn) {
  form.hidden = signedIn;
  signOut.hidden = !signedIn;
}
