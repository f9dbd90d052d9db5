// Passkeys: asks the browser's authenticator and posts what it answers. Without it the pages have codes.
(() => {
  const form = document.getElementById("passkey");
  if (!form || !window.PublicKeyCredential) return;
  const read = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const write = (buffer) => {
    const bytes = [...new Uint8Array(buffer ?? [])];
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const { makes, options } = form.dataset;
  const publicKey = JSON.parse(options);
  publicKey.challenge = read(publicKey.challenge);
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    for (const credential of publicKey[list] ?? []) credential.id = read(credential.id);
  }
  if (publicKey.user) publicKey.user.id = read(publicKey.user.id);

  const failed = document.getElementById("passkey-failed");
  const fill = (name, value) => { form.elements[name].value = value; };
  const ask = async () => {
    const { rawId, response } = makes
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    fill("client_data", write(response.clientDataJSON));
    if (makes) {
      fill("attestation_object", write(response.attestationObject));
    } else {
      fill("credential", write(rawId));
      fill("authenticator_data", write(response.authenticatorData));
      fill("signature", write(response.signature));
      fill("user_handle", write(response.userHandle));
    }
    form.submit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    failed.hidden = true;
    ask().catch(() => {
      failed.hidden = false;
      failed.focus();
    });
  });
  for (const shown of document.querySelectorAll("[data-passkey]")) shown.hidden = false;
})();
