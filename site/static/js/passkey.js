// Passkeys need a script: their buttons are shown where it runs and the browser knows them. All else works without.
"use strict";

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-passkey-missing]")) part.hidden = true;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const note of document.querySelectorAll("[data-passkey-failed]")) {
    note.hidden = true;
    // Shown anew each time, so that it is read out again.
    requestAnimationFrame(() => { note.hidden = false; });
  }
});
