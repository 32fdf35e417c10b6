/** The server's time, as far as a page can know it: windows close by its clock, not by the viewer's. */

const said = Date.parse(document.body.dataset.now ?? "");
const ahead = Number.isNaN(said) ? 0 : said - performance.timeOrigin;
// A page takes a moment to arrive; only a clock that is really wrong is worth correcting.
const offset = Math.abs(ahead) > 5000 ? ahead : 0;

/** Now, in milliseconds. */
export function now() {
  return Date.now() + offset;
}
