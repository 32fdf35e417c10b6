/* The figures beside the views, and the one in the tab's title. */

import { getJSON } from "parley/live/catchup";
import { emit, on } from "parley/live/parts";

const SOON = 400;
const EVERY = 3000;

export function watchCounts() {
  let timer = 0;
  let askedAt = 0;

  const ask = async () => {
    timer = 0;
    askedAt = Date.now();
    try {
      const news = await getJSON("/live/counts/");
      if (news) emit("parley:counts", news.counts);
    } catch {
      // The line tells people that we are offline; the next change asks again.
    }
  };

  const later = () => {
    if (timer || document.hidden) return;
    const wait = Math.max(SOON * (0.5 + Math.random()), askedAt + EVERY - Date.now());
    timer = setTimeout(ask, wait);
  };

  on("parley:pushed", later);
  on("parley:fresh", later);
  on("parley:counts", show);
  document.addEventListener("visibilitychange", later);
}

function show(counts) {
  for (const figure of document.querySelectorAll("[data-count]")) {
    const count = counts[figure.dataset.count];
    if (count !== undefined) figure.textContent = count;
  }
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = counts.mine ? `(${counts.mine}) ${title}` : title;
}
