// The editors' admin: counters of characters, and a filter for long lists of check boxes. The forms work without it.

(() => {
  const ANNOUNCE_AFTER = 1000; // milliseconds without typing, so that a screen reader is not interrupted at every letter

  function element(name, className, attributes = {}) {
    const made = document.createElement(name);
    made.className = className;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  // What changes is shown at once and, when the typing pauses, said politely.
  function politely() {
    const spoken = element("span", "w-sr-only", { "aria-live": "polite" });
    let timer;
    return {
      spoken,
      say(text) {
        clearTimeout(timer);
        timer = setTimeout(() => { spoken.textContent = text; }, ANNOUNCE_AFTER);
      },
    };
  }

  function countCharacters(field) {
    const limit = Number(field.dataset.counter);
    const shown = element("p", "pm-counter", { "aria-hidden": "true" });
    const { spoken, say } = politely();
    const text = () => {
      const left = limit - Array.from(field.value.trim()).length;
      const pattern = left < 0 ? field.dataset.counterOver : field.dataset.counterLeft;
      shown.classList.toggle("pm-counter--over", left < 0);
      return pattern.replace("{count}", Math.abs(left));
    };
    const show = () => { shown.textContent = text(); };
    field.after(shown, spoken);
    field.addEventListener("input", () => { show(); say(text()); });
    show();
  }

  function filterChoices(list) {
    const id = `${list.id}_filter`;
    const box = element("div", "pm-filter");
    const label = element("label", "w-sr-only", { for: id });
    const field = element("input", "pm-filter__field", { type: "search", id, autocomplete: "off" });
    const { spoken, say } = politely();
    label.textContent = list.dataset.filterLabel;
    field.placeholder = list.dataset.filterLabel;
    const choices = Array.from(list.querySelectorAll(".pm-choices__choice"));
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      const matches = choices.filter((choice) => {
        const text = choice.textContent.toLowerCase();
        choice.hidden = !words.every((word) => text.includes(word));
        return !choice.hidden;
      });
      say(list.dataset.filterFound.replace("{count}", matches.length));
    });
    // The filter is no part of the page: it neither sends the form nor makes it look changed.
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    ["input", "change", "keyup"].forEach((kind) => box.addEventListener(kind, (event) => event.stopPropagation()));
    box.append(label, field, spoken);
    list.before(box);
  }

  function begin() {
    document.querySelectorAll("[data-counter]").forEach(countCharacters);
    document.querySelectorAll(".pm-choices--filtered").forEach(filterChoices);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
