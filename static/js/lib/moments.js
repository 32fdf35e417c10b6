/** Writes moments and spans as the server does, in the viewer's zone and language. */

import { now } from "parley/lib/clock";
import { word } from "parley/lib/words";

const lang = document.documentElement.lang || "en";
// "en" alone would put the month first and noon as 12 PM; the server writes 2 Feb and 14:02.
const locale = lang === "en" ? "en-GB" : lang;
export const zone = document.body.dataset.timezone || Intl.DateTimeFormat().resolvedOptions().timeZone;
const DAY = 86_400_000;
const WEEK = 6;

const made = new Map();
function format(options) {
  const key = JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return made.get(key);
}

/** The viewer's date, as 2026-03-12. */
export function dateOf(at) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

function daysAgo(at) {
  return Math.round((Date.parse(dateOf(now())) - Date.parse(dateOf(at))) / DAY);
}

function isThisYear(at) {
  return dateOf(at).slice(0, 4) === dateOf(now()).slice(0, 4);
}

/** The span between now and a moment, in at most two units. */
export function left(at) {
  const minutes = Math.floor(Math.abs(at - now()) / 60_000);
  const d = Math.floor(minutes / 1440), h = Math.floor(minutes / 60) % 24, m = minutes % 60;
  if (d) return h ? word("days_hours", { d, h }) : word("days", { d });
  if (h) return m ? word("hours_minutes", { h, m }) : word("hours", { h });
  return word("minutes", { m });
}

const clock = (at) => format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
const date = (at) => format({ day: "numeric", month: "short", year: "numeric" }).format(at);

function inList(at) {
  const days = daysAgo(at);
  if (days === 0) return clock(at);
  if (days > 0 && days <= WEEK) return format({ weekday: "short" }).format(at);
  return isThisYear(at) ? format({ day: "numeric", month: "short" }).format(at) : date(at);
}

function day(at) {
  const parts = { weekday: "long", day: "numeric", month: "long" };
  const name = format(isThisYear(at) ? parts : { ...parts, year: "numeric" }).format(at).replace(",", "");
  const days = daysAgo(at);
  if (days === 0) return word("today", { day: name });
  return days === 1 ? word("yesterday", { day: name }) : name;
}

const FORMS = { clock, date, day, left, ago: left, list: inList, full: (at) => `${date(at)}, ${clock(at)}` };

/** A moment in one of the server's forms (see templatetags/times.py). */
export function written(at, form) {
  return (FORMS[form] ?? clock)(at);
}
