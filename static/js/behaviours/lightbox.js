/** A picture, as large as the screen allows. */

import { lifetime, on } from "parley/lib/dom";

export function mount(dialog) {
  function show({ href, alt }) {
    const picture = document.createElement("img");
    picture.src = href;
    picture.alt = alt;
    dialog.replaceChildren(picture);
    dialog.showModal();
  }
  return lifetime((signal) => {
    on(document, "parley:lightbox", (event) => show(event.detail), signal);
    on(dialog, "click", () => dialog.close(), signal);
    on(dialog, "close", () => dialog.replaceChildren(), signal);
  });
}
