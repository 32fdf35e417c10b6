/** Forms that send something other than words (a file, buttons, a template): posted in place, nothing lost when refused. */

import { lifetime, on, tell, toast } from "parley/lib/dom";
import { get, post, replace } from "parley/lib/posting";
import { append, lastSeen, refused } from "parley/lib/outgoing";
import { freshToken } from "parley/lib/token";
import { word } from "parley/lib/words";

export function mount(form) {
  async function send(event) {
    event.preventDefault();
    const buttons = [...document.querySelectorAll("button")].filter((button) => button.form === form);
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
    if (!document.querySelector("[data-newer]")) form.elements.seen.value = lastSeen() || form.elements.seen.value;
    try {
      const answer = await post(form.action, new FormData(form));
      if (answer.status === 201) done(answer);
      else if (!refused(answer, form)) toast(word("failed_load"), "error");
      else uncover();
    } catch {
      toast(word("not_sent"), "error");
    } finally {
      delete form.dataset.busy;
      buttons.forEach((button) => button.removeAttribute("aria-busy"));
    }
  }

  function done(answer) {
    append(answer.find(".message"));
    form.reset();
    form.elements.client_token.value = freshToken();
    document.querySelector("#composer [data-composer-notice]")?.replaceChildren();
    uncover();
    if (form.closest("[data-behaviour=template-form]")) back();
    tell("parley:sent");
  }

  /** The popover would lie over the reason why not; what was put into it stays, and it opens again where it was. */
  function uncover() {
    const menu = form.closest("details");
    if (menu) menu.open = false;
  }

  async function back() {
    const answer = await get(`/c/${document.getElementById("desk").dataset.conversation}/composer/`).catch(() => null);
    const fresh = answer?.ok && answer.find("#composer");
    if (fresh) replace(fresh);
  }

  // The forms of one composer come with one token; each needs its own, or the second send would count as a repeat of the first.
  form.elements.client_token.value = freshToken();
  return lifetime((signal) => on(form, "submit", send, signal));
}
