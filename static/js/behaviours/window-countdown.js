/** The window above the composer: what is left of it, and at its last second the template form in place of the text box. */

import { say, tell } from "parley/lib/dom";
import { now } from "parley/lib/clock";
import { left } from "parley/lib/moments";
import { get, replace } from "parley/lib/posting";
import { word } from "parley/lib/words";
import { toneOf } from "parley/behaviours/window-chip";

const DAY = 86_400_000;
// Said once each, in minutes before the end (ux 8.2).
const SAID_AT = [30, 10, 2];
const RETRY = 3000;
// A timer longer than this would fire at once.
const LONGEST = 2_000_000_000;

export function mount(chip) {
  const ring = chip.querySelector(".window__left");
  let timer = 0;
  let lastMinutes = Infinity;

  function tick() {
    const until = Date.parse(chip.dataset.until);
    const rest = until - now();
    if (Number.isNaN(until)) return;
    if (rest <= 0) {
      close();
      return;
    }
    chip.dataset.tone = toneOf(until);
    ring?.setAttribute("stroke-dasharray", `${Math.min(100, Math.round((rest / DAY) * 100))} 100`);
    announce(rest / 60_000, until);
    timer = setTimeout(tick, Math.min(rest > 60_000 ? 15_000 : rest, LONGEST));
  }

  function announce(minutes, until) {
    const passed = SAID_AT.find((limit) => lastMinutes > limit && minutes <= limit);
    if (passed && lastMinutes !== Infinity) say(word("window_closing", { left: left(until) }), "alarm");
    lastMinutes = minutes;
  }

  async function close() {
    const answer = await get(chip.dataset.url).catch(() => null);
    const fresh = answer?.ok && answer.find("#composer");
    if (!chip.isConnected) return;
    if (!fresh || fresh.dataset.mode === "reply") {
      timer = setTimeout(close, RETRY);
      return;
    }
    const hadFocus = document.getElementById("composer")?.contains(document.activeElement);
    tell("parley:keep-draft");
    replace(fresh);
    tell("parley:window-closed");
    if (hadFocus) (fresh.querySelector("input:not([type=hidden], [type=search])") ?? fresh).focus();
    say(word("window_closed"), "alarm");
  }

  if (chip.dataset.mode === "reply") tick();
  return () => clearTimeout(timer);
}
