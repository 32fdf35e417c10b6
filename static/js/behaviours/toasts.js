/** Shows what the page says in passing. Plain news goes by itself; what went wrong stays until it is read and closed. */

import { lifetime, on, say } from "parley/lib/dom";
import { word } from "parley/lib/words";

const STAY = 6000;

export function mount(place) {
  function show({ text, tone }) {
    const toast = document.createElement("div");
    toast.className = "toast";
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast__close";
    close.setAttribute("aria-label", word("close"));
    close.textContent = "×";
    toast.append(words, close);
    place.append(toast);
    say(text, tone === "error" ? "alarm" : "status");
    leave(toast, tone);
  }

  function leave(toast, tone) {
    toast.querySelector("button")?.addEventListener("click", () => toast.remove());
    if (tone !== "error") setTimeout(() => { if (!toast.matches(":hover, :focus-within")) toast.remove(); }, STAY);
  }

  place.querySelectorAll(".toast").forEach((toast) => leave(toast, "info"));
  return lifetime((signal) => on(document, "parley:toast", (event) => show(event.detail), signal));
}
