/** Single keys, while no text field has the focus: only what works here (ux 5). */

import { isTyping, lifetime, on, tell } from "parley/lib/dom";

export function mount(dialog) {
  const press = (key) => document.querySelector(`#thread [data-key="${CSS.escape(key)}"]`);

  const KEYS = {
    j: () => tell("parley:step", { by: 1 }),
    k: () => tell("parley:step", { by: -1 }),
    ArrowDown: () => tell("parley:step", { by: 1 }),
    ArrowUp: () => tell("parley:step", { by: -1 }),
    r: () => document.querySelector("#composer textarea, #composer input:not([type=hidden])")?.focus(),
    e: () => press("e")?.click(),
    a: () => { press("a")?.click(); press("a")?.parentElement.querySelector("button")?.focus(); },
    t: () => press("t")?.click(),
    "\\": () => document.getElementById("details")?.classList.toggle("details--open"),
    "[": () => tell("parley:walk", { by: -1 }),
    "]": () => tell("parley:walk", { by: 1 }),
    ".": () => document.querySelector("[data-live-pill]:not([hidden])")?.click(),
    "?": () => dialog.showModal(),
  };

  function onKey(event) {
    if (event.key === "Escape" && !document.querySelector("dialog[open], details.menu[open]")) climb();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping()) return;
    if (document.querySelector("dialog[open]") || event.target.closest("details.menu[open]")) return;
    if (event.key.startsWith("Arrow") && !event.target.closest("#conversations, body > *:not(.app__screen)") && event.target !== document.body) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Out of the composer into the thread, out of the thread to the list. */
  function climb() {
    const active = document.activeElement;
    if (active?.closest("#composer")) document.getElementById("messages")?.focus();
    else if (active?.closest("#desk")) document.querySelector(".row__link[aria-current=true], .row__link")?.focus();
  }

  return lifetime((signal) => on(document, "keydown", onKey, signal));
}
