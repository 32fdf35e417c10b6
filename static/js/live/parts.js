/* Server-rendered HTML becomes elements here, and news travels as events on the document. */

/* The element with this id in a piece of HTML; scripts in it would not run. */
export function element(html, id) {
  const found = new DOMParser().parseFromString(html, "text/html").getElementById(id);
  return found && document.adoptNode(found);
}

/* Put a fresh element in the place of an old one, or where `insert` puts it, keeping focus and telling behaviours. */
export function replace(old, fresh) {
  const hadFocus = old.contains(document.activeElement);
  const here = old.querySelector("[aria-current]")?.getAttribute("aria-current");
  old.replaceWith(fresh);
  if (here) fresh.querySelector("a")?.setAttribute("aria-current", here);
  if (hadFocus) fresh.querySelector("a, [tabindex]")?.focus({ preventScroll: true });
  wake(fresh);
}

/* Let htmx and our behaviours take a new element in. */
export function wake(fresh) {
  window.htmx?.process(fresh);
  emit("parley:applied", { element: fresh });
}

export function emit(name, detail = {}) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

export function on(name, hear) {
  document.addEventListener(name, (event) => hear(event.detail));
}

/* "{n} new" and 3: "3 new". */
export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function moment(node) {
  return { at: Date.parse(node.dataset.at) || 0, id: Number(node.id.split("-").pop()) || 0 };
}
