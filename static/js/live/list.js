/* The list: a row's content changes at once, its place only while nobody is about to use the list. */

import { placeNewestFirst } from "parley/models/order";
import { element, fill, moment, on, replace, wake } from "parley/live/parts";

const STILL = 1500;
const GLIDE = 180;
const MOST = 200;

let waiting = new Map();
let movedAt = 0;
let timer = 0;

const list = () => document.querySelector("[data-live-list]");
const pill = () => document.querySelector("[data-live-pill]");
const rows = () => [...list().querySelectorAll(":scope > [data-conversation]")];
const isOpen = (row) => document.querySelector("[data-live-thread]")?.dataset.conversation === row.dataset.conversation;

export function watchList() {
  on("parley:change", take);
  on("parley:fresh", takeFresh);
  document.addEventListener("pointermove", ({ target }) => {
    if (list()?.contains(target)) movedAt = Date.now();
  });
  for (const event of ["pointerout", "focusout", "toggle"]) document.addEventListener(event, soon, true);
  document.addEventListener("scroll", soon, { capture: true, passive: true });
  document.addEventListener("htmx:after:settle", letGo);
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.("[data-live-pill]")) return;
    apply();
    scroller()?.scrollTo({ top: 0 });
  });
}

function take({ row: { id, at, html }, keys }) {
  const here = list();
  if (!here) return;
  const old = document.getElementById(id);
  const belongs = keys.includes(here.dataset.viewKey);
  const fresh = element(html, id);
  if (!fresh) return;
  if (old) {
    const moved = moment(old).at !== Date.parse(at);
    replace(old, fresh);
    fresh.toggleAttribute("data-leaves", !belongs);
    if (!belongs) put(id, isOpen(fresh) ? "stay" : "leave");
    else put(id, moved && here.dataset.sort !== "waiting" ? "move" : "stay");
  } else if (belongs && reaches(fresh)) {
    put(id, "come", fresh);
  } else {
    waiting.delete(id);
  }
  settle();
}

/* Rows of a page that was fetched again. */
function takeFresh({ page }) {
  const fresh = page.querySelector("[data-live-list]");
  if (!fresh || fresh.dataset.viewKey !== list()?.dataset.viewKey) return;
  const theirs = [...fresh.querySelectorAll(":scope > [data-conversation]")];
  const ids = new Set(theirs.map((row) => row.id));
  for (const row of theirs) take({ row: { id: row.id, at: row.dataset.at, html: row.outerHTML }, keys: [list().dataset.viewKey] });
  for (const row of rows()) if (!ids.has(row.id) && reaches(row) && !isOpen(row)) put(row.id, "leave");
  settle();
}

function put(id, what, row = null) {
  const before = waiting.get(id);
  if (what === "stay") waiting.delete(id);
  else waiting.set(id, { what, row, isNew: what === "come" || (before?.isNew ?? false) });
}

/* Another conversation was opened, or another list: rows that stayed for the sake of the open one may go. */
function letGo() {
  if (!list()) return waiting.clear();
  for (const row of rows()) if (row.hasAttribute("data-leaves") && !isOpen(row)) put(row.id, "leave");
  settle();
}

/* False for a row that belongs below the rows that are loaded. */
function reaches(row) {
  const last = rows().at(-1);
  return !last || !document.getElementById("more") || placeNewestFirst(rows().map(moment), moment(row)) < rows().length;
}

function settle() {
  clearTimeout(timer);
  timer = 0;
  if (!waiting.size || !list()) return show(0);
  if (!isHeld()) return apply();
  show([...waiting.values()].filter(({ what }) => what !== "leave").length);
  timer = setTimeout(settle, STILL);
}

function soon() {
  if (!waiting.size) return;
  clearTimeout(timer);
  timer = setTimeout(settle, STILL / 5);
}

function isHeld() {
  const here = list();
  return (
    (here.matches(":hover") && Date.now() - movedAt < STILL) ||
    here.querySelector(":focus-visible") !== null ||
    (scroller()?.scrollTop ?? 0) > 4 ||
    here.querySelector("details[open], [data-selecting]") !== null
  );
}

function scroller() {
  return document.querySelector("[data-live-list-scroll]");
}

function show(count) {
  const button = pill();
  if (!button) return;
  button.hidden = !count;
  const words = button.dataset.words ?? "{n}";
  if (count) (button.querySelector("[data-live-pill-text]") ?? button).textContent = fill(words, { n: count });
}

function apply() {
  clearTimeout(timer);
  timer = 0;
  const here = list();
  const tops = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
  for (const [id, { what, row }] of waiting) {
    const now = document.getElementById(id);
    if (what === "leave") now?.remove();
    else if (now ?? row) move(here, now ?? row);
    if (!now && row) wake(row);
  }
  waiting = new Map();
  for (const row of rows().slice(MOST)) if (!isOpen(row)) row.remove();
  show(0);
  here.dispatchEvent(new CustomEvent("parley:listed", { bubbles: true }));
  glide(tops);
}

function move(here, row) {
  row.remove();
  const others = rows();
  const place = here.dataset.sort === "waiting" ? others.length : placeNewestFirst(others.map(moment), moment(row));
  here.insertBefore(row, others[place] ?? document.getElementById("more"));
}

function glide(tops) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [row, top] of tops) {
    const way = row.isConnected && top - row.getBoundingClientRect().top;
    if (way) row.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], { duration: GLIDE, easing: "ease-out" });
  }
}
