/** The one form of what is done with single messages (react, try again, set aside): its buttons stand anywhere on the page. */

import { lifetime, on, toast } from "parley/lib/dom";
import { post, replace } from "parley/lib/posting";
import { word } from "parley/lib/words";

export function mount(form) {
  async function send(event) {
    event.preventDefault();
    const button = event.submitter;
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await post(button.formAction, new FormData(form, button));
      const message = answer.find(".message");
      if (message) replace(message);
      else if (!answer.ok) toast(word("failed_load"), "error");
    } catch {
      toast(word("not_sent"), "error");
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
  return lifetime((signal) => on(form, "submit", send, signal));
}
