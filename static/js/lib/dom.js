/** Small words for the page: listening with an end to it, saying things to screen readers, making elements. */

/** Listens until the given signal ends it. */
export function on(target, type, handler, signal, options = {}) {
  target.addEventListener(type, handler, { signal, ...options });
}

/** Runs `make` with a signal and gives back what ends everything that was begun with it. */
export function lifetime(make) {
  const controller = new AbortController();
  make(controller.signal);
  return () => controller.abort();
}

/** Says a sentence to screen readers: in `status` (polite), `alarm` (at once) or `said` (new messages). */
export function say(sentence, place = "status") {
  const region = document.getElementById(place);
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = sentence; });
}

/** Tells the rest of the page that something happened. */
export function tell(name, detail = {}) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/** Shows a sentence in a toast. */
export function toast(text, tone = "info") {
  tell("parley:toast", { text, tone });
}

/** True while somebody is typing into something. */
export function isTyping(element = document.activeElement) {
  return Boolean(element?.closest("input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select, [contenteditable]"));
}

/** True where a finger is the pointer: Enter then makes a new line. */
export function isTouch() {
  return matchMedia("(pointer: coarse)").matches;
}
