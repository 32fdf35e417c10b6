/** Where the thread stands when it opens: at what is new, else at its end, where it stays while pictures and bubbles come in. */

import { lifetime, on } from "parley/lib/dom";

// As near to the end as counts as reading the end (ux 6.4).
const NEAR = 100;

export function mount(scroller) {
  const target = location.hash.startsWith("#message-") && document.getElementById(location.hash.slice(1));
  const unread = scroller.querySelector("[data-unread]");
  let isAtEnd = true;
  let top = 0;

  function begin() {
    scroller.scrollTop = scroller.scrollHeight;
    top = scroller.scrollTop;
    const place = target || (unread && unread.getBoundingClientRect().top < scroller.getBoundingClientRect().top && unread);
    if (place) place.scrollIntoView({ block: target ? "center" : "start" });
    note();
  }

  /** Only somebody who scrolls up leaves the end; what merely grows below does not take them away from it. */
  function note() {
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= NEAR) isAtEnd = true;
    else if (scroller.scrollTop < top) isAtEnd = false;
    top = scroller.scrollTop;
  }

  const observer = new ResizeObserver(() => { if (isAtEnd) scroller.scrollTop = scroller.scrollHeight; });
  [scroller, ...scroller.children].forEach((child) => observer.observe(child));
  begin();
  const end = lifetime((signal) => on(scroller, "scroll", note, signal, { passive: true }));
  return () => { observer.disconnect(); end(); };
}
