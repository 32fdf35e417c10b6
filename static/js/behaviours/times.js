/** Keeps every `<time data-time>` of the page in the viewer's zone and up to date. */

import { dateOf, written, zone } from "parley/lib/moments";

// "3 h 12 m" changes by the minute; twenty seconds keep it from being visibly late.
const TICK = 20_000;

function write(element) {
  const at = Date.parse(element.dateTime);
  if (Number.isNaN(at)) return;
  const text = written(at, element.dataset.time);
  if (element.textContent !== text) element.textContent = text;
}

function writeAll(root, selector = "time[data-time]") {
  if (root.matches?.(selector)) write(root);
  root.querySelectorAll?.(selector).forEach(write);
}

/** Begins; there is no end, the page is one. */
export function start() {
  // The server then draws the next page in this zone by itself.
  document.cookie = `tz=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
  writeAll(document);
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach((node) => writeAll(node.nodeType === 3 ? record.target : node));
      else writeAll(record.type === "attributes" ? record.target : record.target.parentElement ?? document);
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["datetime"] });
  let today = dateOf(Date.now());
  setInterval(() => {
    const date = dateOf(Date.now());
    writeAll(document, date === today ? "time[data-time=left], time[data-time=ago]" : "time[data-time]");
    today = date;
  }, TICK);
}
