/** The messages of the thread: days between them, no bubble twice, walking by key, the menu of each. */

import { lifetime, on, tell, toast } from "parley/lib/dom";
import { dateOf } from "parley/lib/moments";
import { word } from "parley/lib/words";

export function mount(thread) {
  /** A heading wherever the viewer's date changes, as the server draws it. */
  function days() {
    let before = "";
    for (const line of [...thread.children]) {
      if (line.matches("[data-day]")) {
        const next = following(line);
        const date = next && dateOf(Date.parse(next.dataset.at));
        if (!next || date === before) line.remove();
        else before = date;
      } else if (line.dataset.at) {
        const date = dateOf(Date.parse(line.dataset.at));
        if (date !== before) thread.insertBefore(heading(line.dataset.at), line);
        before = date;
      }
    }
  }

  function following(line) {
    let next = line.nextElementSibling;
    while (next && !next.dataset.at && !next.matches("[data-day]")) next = next.nextElementSibling;
    return next?.dataset.at ? next : null;
  }

  function heading(at) {
    const line = document.createElement("li");
    line.className = "divider";
    line.dataset.day = "";
    const time = document.createElement("time");
    time.dateTime = at;
    time.dataset.time = "day";
    line.append(time);
    return line;
  }

  /** The server's bubble has come: the one that stood in for it goes. */
  function settle(records) {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (!node.dataset?.token || node.dataset.pending) continue;
        thread.querySelector(`[data-pending="${CSS.escape(node.dataset.token)}"]`)?.remove();
      }
    }
  }

  function walk(by) {
    const cards = [...thread.querySelectorAll(".message__card")];
    const from = cards.indexOf(document.activeElement.closest(".message__card"));
    const next = cards.at(from < 0 ? -1 : Math.max(0, Math.min(cards.length - 1, from + by)));
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  function onClick(event) {
    const does = event.target.closest("[data-does]");
    if (!does) return;
    const message = does.closest(".message");
    if (does.dataset.does === "message-menu") {
      event.preventDefault();
      tell("parley:message-menu", { message });
    } else if (does.dataset.does === "copy-message") {
      navigator.clipboard?.writeText(message.querySelector("[data-text]")?.innerText ?? "").then(() => toast(word("copied")));
    } else if (does.dataset.does === "lightbox" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      tell("parley:lightbox", { href: does.href, alt: does.querySelector("img")?.alt ?? "" });
    }
  }

  const observer = new MutationObserver((records) => { settle(records); days(); });
  observer.observe(thread, { childList: true });
  days();
  const end = lifetime((signal) => {
    on(thread, "click", onClick, signal);
    on(document, "parley:walk", (event) => walk(event.detail.by), signal);
    on(thread, "keydown", (event) => {
      if (event.key === "PageUp" || event.key === "PageDown") {
        event.preventDefault();
        walk(event.key === "PageUp" ? -1 : 1);
      }
    }, signal);
  });
  return () => { observer.disconnect(); end(); };
}
