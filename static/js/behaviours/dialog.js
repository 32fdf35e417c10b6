/** A `<dialog>` that `[data-opens="its id"]` opens and `[data-closes]` or a click beside it closes. */

import { lifetime, on } from "parley/lib/dom";

export function mount(dialog) {
  return lifetime((signal) => {
    on(document, "click", (event) => {
      if (event.target.closest(`[data-opens="${dialog.id}"]`)) dialog.showModal();
    }, signal);
    on(dialog, "click", (event) => {
      if (event.target === dialog || event.target.closest("[data-closes]")) dialog.close();
    }, signal);
  });
}
