(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const answer = async () => {
    const options = await (await fetch(form.dataset.passkey)).json();
    options.challenge = bytes(options.challenge);
    for (const key of options.excludeCredentials || []) key.id = bytes(key.id);
    if (options.user) options.user.id = bytes(options.user.id);
    const kind = options.user ? "create" : "get";
    const made = await navigator.credentials[kind]({ publicKey: options });
    const response = {};
    for (const part of parts) if (made.response[part]) response[part] = text(made.response[part]);
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const refused = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    refused.hidden = true;
    button.disabled = true; // a second click would make a second key
    try {
      form.elements.credential.value = await answer();
      form.submit();
    } catch {
      refused.hidden = false;
      button.disabled = false;
    }
  });
})();
