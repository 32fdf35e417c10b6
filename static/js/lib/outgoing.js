/** What every way of sending shares: the newest message on screen, the server's bubble, and its refusal. */

import { replace } from "parley/lib/posting";

/** The id of the last message the page shows, which a colleague's newer answer is held against. */
export function lastSeen() {
  return [...document.querySelectorAll("#messages [data-message]")].at(-1)?.dataset.message ?? "";
}

/** Puts our bubble at the end, in the place of the one that stood in for it, or of the same one if it came by itself. */
export function append(bubble, pending = null) {
  const thread = document.getElementById("messages");
  if (!bubble || !thread) return;
  if (document.getElementById(bubble.id)) {
    pending?.remove();
    replace(bubble);
  } else if (pending?.isConnected) {
    pending.replaceWith(bubble);
  } else {
    thread.append(bubble);
  }
  toEnd();
}

/** Our own words are always in view. */
export function toEnd() {
  const scroller = document.querySelector("[data-live-thread-scroll]");
  if (scroller) scroller.scrollTop = scroller.scrollHeight;
}

/** Shows why the server refused, above what was typed, and lets the next try count as having seen a colleague's answer. */
export function refused(answer, form) {
  const notice = answer.find("#composer-notice");
  const place = document.querySelector("#composer [data-composer-notice]");
  if (!notice || !place) return false;
  place.replaceChildren(notice);
  window.htmx?.process(notice);
  if (notice.dataset.newer) form.elements.seen.value = notice.dataset.newer;
  notice.focus();
  return true;
}
