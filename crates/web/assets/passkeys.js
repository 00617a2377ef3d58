// A passkey, asked for and sent with a form: whoever runs no script signs in with a password and a code.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function made({ publicKey: asked }) {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: listed(asked.excludeCredentials),
  };
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
  return {
    id, rawId: text(rawId), type,
    response: {
      attestationObject: text(response.attestationObject),
      clientDataJSON: text(response.clientDataJSON),
    },
  };
}

async function shown({ publicKey: asked }) {
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  return {
    id, rawId: text(rawId), type,
    response: {
      authenticatorData: text(response.authenticatorData),
      clientDataJSON: text(response.clientDataJSON),
      signature: text(response.signature),
      userHandle: response.userHandle && text(response.userHandle),
    },
  };
}

async function send(form) {
  const token = form.elements.form_token?.value;
  const body = new URLSearchParams(token ? { form_token: token } : {});
  const answer = await fetch(form.dataset.passkey, { method: "POST", body });
  // Whoever has to prove something first is led there by the page itself.
  if (answer.status === 401 || answer.status === 403) return location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  const { options, state } = await answer.json();
  const credential = options.publicKey.user ? await made(options) : await shown(options);
  form.elements.credential.value = JSON.stringify(credential);
  form.elements.state.value = state;
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const wrong = form.querySelector("[role=alert]");
    button.disabled = true;
    wrong.hidden = true;
    send(form).catch(() => {
      button.disabled = false;
      wrong.hidden = false;
    });
  });
}
