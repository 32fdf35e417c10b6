/** Light, dark, or as the system is; comfortable or compact. A cookie keeps it, so the next page is right at once. */

import { lifetime, on } from "parley/lib/dom";

const YEAR = 31_536_000;
const root = document.documentElement;

function keep(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${value ? YEAR : 0}; samesite=lax`;
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
}

export function mount(group) {
  function show() {
    group.querySelectorAll("[data-theme-is]").forEach((button) => {
      button.setAttribute("aria-pressed", String((root.dataset.theme ?? "") === button.dataset.themeIs));
    });
    group.querySelectorAll("[data-density-is]").forEach((button) => {
      button.setAttribute("aria-pressed", String(root.dataset.density === button.dataset.densityIs));
    });
  }

  show();
  return lifetime((signal) => on(group, "click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("themeIs" in button.dataset) keep("theme", button.dataset.themeIs);
    else keep("density", root.dataset.density ? "" : button.dataset.densityIs);
    show();
  }, signal));
}
