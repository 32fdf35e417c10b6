/** The open conversation: its title, that it was read, and asking anew for what only the server can draw. */

import { lifetime, on, tell } from "parley/lib/dom";
import { csrf, get, post, replace } from "parley/lib/posting";
import { now } from "parley/lib/clock";

// In view for this long counts as read (ux 6.3).
const READ_AFTER = 2000;

export function mount(desk) {
  const { conversation } = desk.dataset;
  let reading = 0;

  function readSoon() {
    clearTimeout(reading);
    if (document.visibilityState === "visible") reading = setTimeout(read, READ_AFTER);
  }

  async function read() {
    const form = new FormData();
    form.set("csrfmiddlewaretoken", csrf());
    await post(`/c/${conversation}/reading/`, form).catch(() => {});
  }

  // What a deed of our own is just changing is left to that deed's answer: replaced under it, its events would reach nobody.
  const isBusy = (id) => Boolean(document.getElementById(id)?.querySelector(".htmx-request"));

  async function refresh(url, id) {
    if (isBusy(id)) return;
    const answer = await get(url).catch(() => null);
    const fresh = answer?.ok && answer.find(`#${id}`);
    if (fresh && !isBusy(id)) replace(fresh);
  }

  const askWindow = () => refresh(`/c/${conversation}/details/`, "details-window");

  /** Somebody assigned or resolved it, or the window opened again: header and composer are asked for anew. */
  function changed({ c, owner, state, window }) {
    if (String(c) !== conversation) return;
    const head = document.getElementById("thread-head");
    if (head && (head.dataset.owner !== owner || head.dataset.state !== state)) refresh(head.dataset.url, "thread-head");
    const composer = document.getElementById("composer");
    const isOpen = Date.parse(window) > now();
    if (composer?.dataset.mode === "template" && composer.dataset.closed && isOpen && !composer.dataset.dirty) {
      refresh(`/c/${conversation}/composer/`, "composer");
    }
    const chip = document.getElementById("window");
    if (chip && window && chip.dataset.until !== window) {
      chip.dataset.until = window;
      chip.querySelectorAll("time").forEach((time) => { time.dateTime = window; });
    }
    const panel = document.getElementById("details-window");
    if (panel && window && isOpen === (panel.dataset.tone === "closed" || panel.dataset.tone === "none")) askWindow();
    else if (panel && window && Date.parse(panel.dataset.until) !== Date.parse(window)) askWindow();
    readSoon();
  }

  document.title = document.title.includes(" · ") ? `${desk.dataset.title} · ${document.title.split(" · ").slice(-1)}` : desk.dataset.title;
  tell("parley:opened", { conversation });
  readSoon();
  const end = lifetime((signal) => {
    on(document, "parley:change", (event) => changed(event.detail), signal);
    on(document, "parley:window-closed", askWindow, signal);
    on(document, "visibilitychange", readSoon, signal);
    on(desk, "click", (event) => {
      if (event.target.closest("[data-does=details]")) document.getElementById("details").classList.toggle("details--open");
      const copies = event.target.closest("[data-copies]");
      if (copies) navigator.clipboard?.writeText(copies.dataset.copies);
    }, signal);
  });
  return () => { clearTimeout(reading); end(); };
}
