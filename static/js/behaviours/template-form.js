/** The template form: what is typed shows at once on the customer's phone; the list is filtered as one types. */

import { lifetime, on } from "parley/lib/dom";

export function mount(box) {
  const form = box.querySelector("form");

  function show(input) {
    box.querySelectorAll(`[data-slot-of="${CSS.escape(input.dataset.slot)}"]`).forEach((slot) => {
      slot.textContent = input.value || input.placeholder || `{{${input.dataset.slot}}}`;
      slot.classList.toggle("slot--empty", !input.value);
    });
  }

  function point(input, isHere) {
    box.querySelectorAll(`[data-slot-of="${CSS.escape(input.dataset.slot)}"]`).forEach((slot) => slot.classList.toggle("slot--now", isHere));
  }

  function filter(input) {
    const words = input.value.trim().toLowerCase();
    document.querySelectorAll(`${input.dataset.filters} > li`).forEach((line) => {
      line.hidden = !line.dataset.words.toLowerCase().includes(words);
    });
  }

  box.querySelectorAll("[data-slot]").forEach(show);
  return lifetime((signal) => {
    on(box, "input", ({ target }) => {
      if (target.dataset.slot) { show(target); box.dataset.dirty = "yes"; }
      if (target.dataset.filters) filter(target);
    }, signal);
    on(box, "focusin", ({ target }) => { if (target.dataset.slot) point(target, true); }, signal);
    on(box, "focusout", ({ target }) => { if (target.dataset.slot) point(target, false); }, signal);
    on(box, "keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
      else if (event.key === "Enter" && event.target.matches("[data-filters]")) event.preventDefault();
    }, signal);
  });
}
