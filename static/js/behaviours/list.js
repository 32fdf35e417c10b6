/** The list of conversations: which one is open, walking through it by key, and going on after resolving. */

import { lifetime, on } from "parley/lib/dom";

const REST = 120;

export function mount(list) {
  let resting = 0;
  const links = () => [...list.querySelectorAll(".row__link")];
  const opened = () => document.getElementById("desk")?.dataset.conversation ?? "";
  const place = () => links().findIndex((link) => link.getAttribute("aria-current") === "true");

  function mark(conversation) {
    for (const link of links()) {
      const isOpen = link.closest("[data-conversation]").dataset.conversation === conversation;
      if (isOpen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  function step(by) {
    const all = links();
    const from = all.includes(document.activeElement) ? all.indexOf(document.activeElement) : place();
    const next = all[Math.max(0, Math.min(all.length - 1, from + by))];
    if (!next) return;
    mark(next.closest("[data-conversation]").dataset.conversation);
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    clearTimeout(resting);
    resting = setTimeout(() => next.click(), REST);
  }

  function onward(from) {
    const all = links();
    const place = all.findIndex((link) => link.closest("[data-conversation]").dataset.conversation === String(from));
    const next = all[place + 1] ?? all[place - 1];
    if (next) {
      next.focus();
      next.click();
    } else {
      document.querySelector("#empty h3")?.focus();
    }
  }

  mark(opened());
  const observer = new MutationObserver(() => mark(opened()));
  observer.observe(list, { childList: true });
  const end = lifetime((signal) => {
    on(list, "click", (event) => {
      const row = event.target.closest("[data-conversation]");
      if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) mark(row.dataset.conversation);
    }, signal);
    on(list, "parley:listed", () => mark(opened()), signal);
    on(document, "parley:opened", () => mark(opened()), signal);
    on(document, "parley:step", (event) => step(event.detail.by), signal);
    on(document, "parley:onward", (event) => onward(event.detail.from), signal);
  });
  return () => { observer.disconnect(); end(); };
}
