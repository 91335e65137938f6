/* Passkeys: what the server asks of the browser's own dialogue, and its answer as a form. No library, no other host. */
"use strict";

(() => {
  const button = document.querySelector("[data-passkey]");
  if (!button) return;
  const form = button.form;
  const told = form.querySelector("[data-passkey-told]");
  const asked = JSON.parse(document.getElementById("js_data").textContent);

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  // Only what the server reads.
  const said = (credential, names) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(
      names.filter((name) => credential.response[name]).map((name) => [name, text(credential.response[name])]),
    ),
  });

  const create = async ({ publicKey }) => {
    const credential = await navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: known(publicKey.excludeCredentials),
      },
    });
    return said(credential, ["clientDataJSON", "attestationObject"]);
  };
  const get = async ({ publicKey }) => {
    const credential = await navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: known(publicKey.allowCredentials),
      },
    });
    return said(credential, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
  };

  if (!window.PublicKeyCredential) {
    told.textContent = "Trình duyệt này chưa dùng được khóa truy cập. Hãy dùng cách khác, hoặc trình duyệt mới hơn.";
    return;
  }
  button.disabled = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    told.textContent = "Đang chờ thiết bị xác nhận…";
    try {
      const answer = asked.creation_options ? await create(asked.creation_options) : await get(asked.request_options);
      form.querySelector("[name=credential]").value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      button.disabled = false;
      told.textContent =
        error.name === "InvalidStateError"
          ? "Thiết bị này đã có khóa truy cập của tài khoản."
          : "Chưa nhận được xác nhận từ thiết bị. Hãy bấm lại, hoặc dùng cách khác.";
    }
  });
})();
