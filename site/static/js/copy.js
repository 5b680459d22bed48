// Copies a text at the press of a button and says so, also to screen readers.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const box = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[data-copy-status]");
  if (!box || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    // Emptied first, so that a second press is announced as well.
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(box.textContent);
      status.textContent = button.dataset.copied;
    } catch {
      status.textContent = button.dataset.notCopied;
    }
  });
}
