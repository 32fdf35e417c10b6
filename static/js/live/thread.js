/* The thread: messages appear in their place, are replaced where they stand, and scroll only for those who read the end.
   The composer is outside of it and is never touched. */

import { placeOldestFirst } from "parley/models/order";
import { element, fill, moment, on, replace, wake } from "parley/live/parts";

const NEAR = 100;
const BATCH = 400;
const SAID = 20;

let unseen = 0;
let heard = [];
let timer = 0;

const thread = () => document.querySelector("[data-live-thread]");
const scroller = () => document.querySelector("[data-live-thread-scroll]");
const timed = () => [...thread().querySelectorAll(":scope > [data-at]")];

export function watchThread() {
  on("parley:change", (change) => isHere(change) && take(change.lines));
  on("parley:fresh", takeFresh);
  document.addEventListener("scroll", ({ target }) => target === scroller() && isAtEnd() && show(0), { capture: true, passive: true });
  document.addEventListener("click", ({ target }) => target.closest?.("[data-live-thread-pill]") && toEnd());
  document.addEventListener("htmx:after:settle", () => isAtEnd() && show(0));
}

function isHere({ c, n, contact, lines }) {
  const here = thread();
  if (!here) return false;
  const { conversation, contact: ours, number } = here.dataset;
  const isSamePair = contact !== undefined && ours === String(contact) && number === String(n);
  return conversation === String(c) || isSamePair || lines.some(({ id }) => here.querySelector(`#${CSS.escape(id)}`));
}

function take(lines) {
  const follows = isAtEnd();
  const added = lines.map(({ id, html }) => place(element(html, id))).filter(Boolean);
  const theirs = added.filter((line) => line.dataset.direction === "in");
  if (follows && added.length) toEnd();
  else if (theirs.length) show(unseen + theirs.length);
  say(theirs);
}

function takeFresh({ page }) {
  const fresh = page.querySelector("[data-live-thread]");
  if (!fresh || fresh.dataset.conversation !== thread()?.dataset.conversation) return;
  take([...fresh.querySelectorAll(":scope > [data-at]")].map((line) => ({ id: line.id, html: line.outerHTML })));
}

/* The line if it was not there before, else nothing. */
function place(line) {
  if (!line) return null;
  const here = thread();
  const { token } = line.dataset;
  const old = document.getElementById(line.id) ?? (token && here.querySelector(`[data-token="${CSS.escape(token)}"]`));
  if (old) {
    if (old.outerHTML !== line.outerHTML) replace(old, line);
    return null;
  }
  const others = timed();
  const index = placeOldestFirst(others.map(moment), moment(line));
  // Older than everything loaded: it comes with the earlier messages.
  if (index === 0 && others.length && document.getElementById("earlier")) return null;
  if (index === others.length) here.append(line);
  else others[index].before(line);
  wake(line);
  return line;
}

function isAtEnd() {
  const box = scroller();
  return !box || box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR;
}

function toEnd() {
  const box = scroller();
  if (box) box.scrollTop = box.scrollHeight;
  show(0);
}

function show(count) {
  unseen = count;
  const pill = document.querySelector("[data-live-thread-pill]");
  if (!pill) return;
  pill.hidden = !count;
  const words = (count === 1 && pill.dataset.wordsOne) || (pill.dataset.words ?? "{n}");
  if (count) (pill.querySelector("[data-live-pill-text]") ?? pill).textContent = fill(words, { n: count });
}

/* Speaks what came in, a burst as one sentence, to those who listen to the page. */
function say(lines) {
  heard.push(...lines);
  if (heard.length && !timer) timer = setTimeout(speak, BATCH);
}

function speak() {
  timer = 0;
  const lines = heard;
  heard = [];
  const log = document.getElementById("said");
  if (!log || !lines.length) return;
  const who = lines[0].querySelector(`#${lines[0].id}-who`)?.textContent.trim() ?? "";
  const sentence = document.createElement("p");
  sentence.textContent = lines.length > 1 && log.dataset.many ? fill(log.dataset.many, { n: lines.length, name: who }) : lines.map(spoken).join(" ");
  log.append(sentence);
  while (log.childElementCount > SAID) log.firstElementChild.remove();
}

function spoken(line) {
  const who = line.querySelector(`#${line.id}-who`)?.textContent.trim() ?? "";
  const bubble = line.querySelector(`#${line.id}-said`)?.cloneNode(true);
  bubble?.querySelector(".bubble__meta")?.remove();
  return `${who}: ${bubble?.textContent.trim().replace(/\s+/g, " ") ?? ""}`;
}
