// Seasoning: every page works without it.
"use strict";

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const select of document.querySelectorAll("[data-submit-on-change]")) {
  const button = select.parentElement.querySelector("[type=submit]");
  if (button) button.hidden = true;
  select.setAttribute("aria-describedby", select.dataset.submitOnChange);
  select.addEventListener("change", () => select.form.requestSubmit());
}
