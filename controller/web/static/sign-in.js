// The PIN form. It lies in the header, never over the page: Stop stays in reach.

async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
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
    const outcome = await post("/api/sign-in", { pin: form.elements.pin.value });
    form.reset();
    say(outcome.accepted ? "You are signed in." : outcome.reason);
    if (outcome.accepted) onChange();
    else form.elements.pin.focus();
  });
  signOut.addEventListener("click", async () => {
    await post("/api/sign-out", {});
    say("You are signed out. Stop still works.");
    onChange();
  });
}

export function showSignedIn(form, signOut, signedIn) {
  form.hidden = signedIn;
  signOut.hidden = !signedIn;
}
