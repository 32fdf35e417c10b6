/** Gives every element with `data-behaviour` what it names, as it comes into the page, and takes it away as it leaves. */

import * as composer from "parley/behaviours/composer";
import * as deed from "parley/behaviours/deed";
import * as desk from "parley/behaviours/desk";
import * as dialog from "parley/behaviours/dialog";
import * as lightbox from "parley/behaviours/lightbox";
import * as list from "parley/behaviours/list";
import * as menu from "parley/behaviours/menu";
import * as messageMenu from "parley/behaviours/message-menu";
import * as scroll from "parley/behaviours/scroll";
import * as sending from "parley/behaviours/sending";
import * as shortcuts from "parley/behaviours/shortcuts";
import * as templateForm from "parley/behaviours/template-form";
import * as theme from "parley/behaviours/theme";
import * as thread from "parley/behaviours/thread";
import * as times from "parley/behaviours/times";
import * as toasts from "parley/behaviours/toasts";
import * as windowChip from "parley/behaviours/window-chip";
import * as windowCountdown from "parley/behaviours/window-countdown";
import { startLive } from "parley/live/start";

const behaviours = {
  composer, deed, desk, dialog, lightbox, list, menu, scroll, sending, shortcuts, theme, thread, toasts,
  "message-menu": messageMenu, "template-form": templateForm, "window-chip": windowChip, "window-countdown": windowCountdown,
};
const ends = new Map();

function eachIn(node, visit) {
  if (!(node instanceof Element)) return;
  if (node.matches("[data-behaviour]")) visit(node);
  node.querySelectorAll("[data-behaviour]").forEach(visit);
}

function mount(element) {
  if (ends.has(element)) return;
  const names = element.dataset.behaviour.split(/\s+/).filter((name) => name in behaviours);
  ends.set(element, names.map((name) => behaviours[name].mount(element)));
}

function unmount(element) {
  if (element.isConnected) return;
  ends.get(element)?.forEach((end) => end?.());
  ends.delete(element);
}

new MutationObserver((records) => {
  for (const record of records) {
    record.removedNodes.forEach((node) => eachIn(node, unmount));
    record.addedNodes.forEach((node) => eachIn(node, mount));
  }
}).observe(document.body, { childList: true, subtree: true });

document.documentElement.classList.add("has-js");
times.start();
eachIn(document.body, mount);
startLive();
