/* Says how the line is, and only when it lasts: amber after three seconds, a banner after ten, a word when it is back.

   Elements with data-when-connection="slow offline" show in those states: live, slow, offline, delayed (no line, but asking
   works), back, ended (signed out); the state is also on <html data-connection>. data-retry-in gets the seconds until the
   next try, data-does="reconnect" tries now, data-when-updated shows once the server runs a newer version. */

import { on } from "parley/live/parts";

const AMBER = 3000;
const BANNER = 10_000;
const BACK = 4000;

export function watchConnection(retry) {
  let state = "live";
  let lostAt = 0;
  let reached = true;
  let retryAt = 0;
  let timer = 0;

  const show = (next) => {
    if (next === state) return;
    state = next;
    document.documentElement.dataset.connection = state;
    const said = [];
    for (const part of document.querySelectorAll("[data-when-connection]")) {
      part.hidden = !part.dataset.whenConnection.split(" ").includes(state);
      if (!part.hidden && part.matches("[data-say]")) said.push(part.dataset.say);
    }
    const status = document.getElementById("status");
    if (status && said.length) status.textContent = said.join(" ");
  };

  const look = () => {
    clearTimeout(timer);
    if (!lostAt || state === "ended") return;
    const gone = Date.now() - lostAt;
    if (gone >= BANNER) show(reached && navigator.onLine ? "delayed" : "offline");
    else if (gone >= AMBER) show("slow");
    const left = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    for (const part of document.querySelectorAll("[data-retry-in]")) part.textContent = left;
    timer = setTimeout(look, 1000);
  };

  on("parley:connection", ({ is, retryAt: next = 0 }) => {
    retryAt = next;
    if (is === "ended") {
      show("ended");
    } else if (is === "live") {
      const wasShown = state === "offline" || state === "delayed" || state === "ended";
      lostAt = 0;
      clearTimeout(timer);
      show(wasShown ? "back" : "live");
      if (wasShown) timer = setTimeout(() => show("live"), BACK);
    } else {
      lostAt ||= Date.now();
      look();
    }
  });
  on("parley:polled", (news) => {
    reached = news.reached;
    look();
  });
  on("parley:updated", () => {
    for (const part of document.querySelectorAll("[data-when-updated]")) part.hidden = false;
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.('[data-does="reconnect"]')) retry();
  });
}
