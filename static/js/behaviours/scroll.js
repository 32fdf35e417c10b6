/** Where the thread stands when it opens: at what is new, else at its end, where it stays while pictures and bubbles come in. */

import { lifetime, on } from "parley/lib/dom";

// As near to the end as counts as reading the end (ux 6.4).
const NEAR = 100;

export function mount(scroller) {
  const target = location.hash.startsWith("#message-") && document.getElementById(location.hash.slice(1));
  const unread = scroller.querySelector("[data-unread]");
  let isAtEnd = true;

  function begin() {
    if (target) target.scrollIntoView({ block: "center" });
    else scroller.scrollTop = scroller.scrollHeight;
    if (!target && unread && unread.getBoundingClientRect().top < scroller.getBoundingClientRect().top) unread.scrollIntoView({ block: "start" });
    note();
  }

  function note() {
    isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= NEAR;
  }

  const observer = new ResizeObserver(() => { if (isAtEnd) scroller.scrollTop = scroller.scrollHeight; });
  [scroller, ...scroller.children].forEach((child) => observer.observe(child));
  begin();
  const end = lifetime((signal) => on(scroller, "scroll", note, signal, { passive: true }));
  return () => { observer.disconnect(); end(); };
}
