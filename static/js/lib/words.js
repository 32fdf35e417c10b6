/** The sentences of the page's scripts, in the viewer's language; the server put them into `#words`. */

const block = document.getElementById("words");
const words = block ? JSON.parse(block.textContent) : {};

/** The sentence of this name with its `{braces}` filled in. */
export function word(name, values = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
