/** The window in a row of the list: shown when little is left, and said to be closed when it is. */

import { now } from "parley/lib/clock";

const TONES = [[0, "closed"], [30, "red"], [120, "amber"], [240, "soon"]];
const TICK = 15_000;

/** How urgent a window is (see web/rows.py). */
export function toneOf(until, at = now()) {
  const minutes = (until - at) / 60_000;
  return TONES.find(([limit]) => minutes <= limit)?.[1] ?? "calm";
}

export function mount(chip) {
  function show() {
    chip.dataset.tone = toneOf(Date.parse(chip.dataset.until));
  }
  show();
  const timer = setInterval(show, TICK);
  return () => clearInterval(timer);
}
