/** A `<details>` as a menu: closes by Escape, by a choice and by a click elsewhere; arrow keys walk through it. */

import { lifetime, on } from "parley/lib/dom";

const ITEMS = "a[href], button:not([disabled]), input, textarea, select";

export function mount(menu) {
  const summary = menu.querySelector("summary");
  const close = () => { menu.open = false; };

  function onKey(event) {
    if (event.key === "Escape" && menu.open) {
      event.stopPropagation();
      close();
      summary.focus();
    } else if (menu.open && (event.key === "ArrowDown" || event.key === "ArrowUp") && !event.target.closest("textarea, input")) {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  function walk(step) {
    const items = [...menu.querySelectorAll(`.menu__panel :is(${ITEMS})`)].filter((item) => item.checkVisibility());
    const place = items.indexOf(document.activeElement);
    items.at((place + step + items.length) % items.length)?.focus();
  }

  return lifetime((signal) => {
    on(menu, "keydown", onKey, signal);
    on(menu, "toggle", () => { if (menu.open) menu.querySelector(".menu__panel :is(textarea, input:not([type=hidden]))")?.focus(); }, signal);
    on(menu, "click", (event) => { if (event.target.closest("a.menu__item, [data-closes-menu], [data-opens]")) close(); }, signal);
    on(document, "click", (event) => { if (menu.open && !menu.contains(event.target)) close(); }, signal);
  });
}
