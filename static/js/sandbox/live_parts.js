/* Fetches the changing parts of the page and puts them in place when they differ. Pauses while the page is hidden. */

import { showLocalTimes } from "./local_times.js";

const EVERY = 1000;
const AFTER_TROUBLE = 5000;
const PARTS = ["thread", "window", "calls"];

export function watchLive(root) {
  const scroll = root.querySelector("#scroll");
  const last = new Map();
  let timer = 0;
  let asking = false;

  const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; };
  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  // A picture makes the thread longer when it has loaded; who was at the end stays there.
  let following = true;
  scroll.addEventListener("scroll", () => { following = atEnd(); }, { passive: true });
  scroll.addEventListener("load", () => { if (following) toEnd(); }, true);

  function put(page) {
    for (const id of PARTS) {
      const fresh = page.getElementById(id);
      const old = document.getElementById(id);
      if (!fresh || !old || last.get(id) === fresh.outerHTML || old.contains(document.activeElement)) continue;
      last.set(id, fresh.outerHTML);
      showLocalTimes(fresh);
      old.replaceWith(document.adoptNode(fresh));
    }
    if (following) toEnd();
  }

  async function refresh() {
    clearTimeout(timer);
    if (document.hidden || asking) return;
    asking = true;
    let wait = EVERY;
    try {
      const answer = await fetch(root.dataset.liveUrl, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      wait = AFTER_TROUBLE;
    } finally {
      asking = false;
      timer = setTimeout(refresh, wait);
    }
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  toEnd();
  timer = setTimeout(refresh, EVERY);
  return refresh;
}
