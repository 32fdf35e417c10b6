/** One menu for every message: react, answer, copy. */

import { lifetime, on, tell, toast } from "parley/lib/dom";
import { word } from "parley/lib/words";

export function mount(dialog) {
  let message = null;

  function open(chosen) {
    message = chosen;
    const isOurs = message.dataset.direction === "out";
    dialog.querySelector("[data-reactions]").hidden = isOurs;
    dialog.querySelectorAll("[data-reactions] button").forEach((button) => {
      button.setAttribute("formaction", `/messages/${message.dataset.message}/reactions/`);
    });
    dialog.showModal();
  }

  function onClick(event) {
    const does = event.target.closest("[data-does]")?.dataset.does;
    const text = message?.querySelector("[data-text]")?.innerText ?? "";
    if (does === "reply") {
      tell("parley:reply-to", { message: message.dataset.message, who: message.querySelector("[id$=-who]")?.textContent ?? "", text });
    } else if (does === "copy") {
      navigator.clipboard?.writeText(text).then(() => toast(word("copied")));
    }
    if (does || event.target.closest("[data-reactions] button")) setTimeout(() => dialog.close());
  }

  return lifetime((signal) => {
    on(document, "parley:message-menu", (event) => open(event.detail.message), signal);
    on(dialog, "click", onClick, signal);
  });
}
