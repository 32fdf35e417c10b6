/** The reply box: grows, sends by Enter, shows the bubble at once, counts, keeps drafts, and never loses a word. */

import { isTouch, lifetime, on, say } from "parley/lib/dom";
import { drop, keep, kept } from "parley/lib/drafts";
import { append, lastSeen, refused, toEnd } from "parley/lib/outgoing";
import { post } from "parley/lib/posting";
import { freshToken } from "parley/lib/token";
import { word } from "parley/lib/words";

const NEAR = 0.8, AMBER = 0.95;

export function mount(box) {
  const { conversation } = box.dataset;
  const form = box.querySelector("#reply");
  const text = form.elements.text;
  const counter = box.querySelector("[data-composer-count]");
  const status = box.querySelector("[data-composer-status]");
  const strip = box.querySelector("[data-reply-strip]");
  const place = box.querySelector("[data-composer-notice]");
  const limit = Number(text.dataset.limit);
  const grows = CSS.supports("field-sizing", "content");
  let lastTry = { token: "", words: "" };

  function changed() {
    keep(conversation, text.value);
    const length = text.value.length;
    counter.hidden = length < limit * NEAR;
    counter.textContent = `${length} / ${limit}`;
    counter.dataset.level = length > limit ? "over" : length > limit * AMBER ? "near" : "";
    status.textContent = text.value ? word("draft_kept") : "";
    if (!grows) {
      text.rows = 2;
      text.rows = Math.min(10, Math.ceil(text.scrollHeight / 22));
    }
  }

  function pending(words, token) {
    const bubble = box.querySelector("template[data-bubble]").content.firstElementChild.cloneNode(true);
    bubble.dataset.pending = token;
    bubble.dataset.token = token;
    bubble.dataset.at = new Date().toISOString();
    bubble.querySelector("[data-text]").textContent = words;
    bubble.querySelector("time").dateTime = bubble.dataset.at;
    document.getElementById("messages")?.append(bubble);
    toEnd();
    return bubble;
  }

  /** The same words after a lost answer keep their token, so that the server adds nothing if it had them already. */
  function tokenFor(words) {
    const token = lastTry.words === words ? lastTry.token : form.elements.client_token.value;
    lastTry = { token, words };
    form.elements.client_token.value = freshToken();
    return token;
  }

  async function send(event) {
    event?.preventDefault();
    const words = text.value.trim();
    if (!words) { text.focus(); return; }
    if (words.length > limit) {
      notice(word("too_long", { n: words.length - limit }));
      return;
    }
    const data = new FormData(form);
    const token = tokenFor(words);
    data.set("client_token", token);
    if (!place.querySelector("[data-newer]")) data.set("seen", lastSeen() || form.elements.seen.value);
    const bubble = pending(words, token);
    const quote = form.elements.reply_to.value;
    clear();
    try {
      const answer = await post(form.action, data);
      if (answer.status === 201) {
        lastTry = { token: "", words: "" };
        append(answer.find(".message"), bubble);
      } else {
        giveBack(bubble, words, quote);
        if (!refused(answer, form)) notice(word("not_sent"));
      }
    } catch {
      giveBack(bubble, words, quote);
      notice(word(navigator.onLine ? "not_sent" : "offline"));
    }
  }

  function clear() {
    text.value = "";
    place.replaceChildren();
    dropQuote();
    drop(conversation);
    changed();
  }

  function giveBack(bubble, words, quote) {
    bubble.remove();
    text.value = text.value ? `${words}\n${text.value}` : words;
    form.elements.reply_to.value = quote;
    strip.hidden = !quote;
    changed();
  }

  function notice(sentence) {
    const line = document.createElement("p");
    line.className = "composer__notice composer__notice--danger";
    line.textContent = sentence;
    place.replaceChildren(line);
    say(sentence, "alarm");
  }

  function quote({ message, who, text: quoted }) {
    form.elements.reply_to.value = message;
    const element = document.createElement("div");
    element.className = "quote";
    for (const [name, words] of [["who", who], ["text", quoted.slice(0, 160)]]) {
      const line = document.createElement("span");
      line.className = `quote__${name}`;
      line.dir = "auto";
      line.textContent = words;
      element.append(line);
    }
    strip.querySelector("[data-reply-quote]").replaceChildren(element);
    strip.hidden = false;
    text.focus();
    say(word("replying_to", { name: who }));
  }

  function dropQuote() {
    form.elements.reply_to.value = "";
    strip.hidden = true;
  }

  function wrap(mark) {
    const { selectionStart: from, selectionEnd: to } = text;
    text.setRangeText(mark + text.value.slice(from, to) + mark, from, to, from === to ? "end" : "select");
    if (from === to) text.setSelectionRange(from + 1, from + 1);
    text.focus();
    changed();
  }

  function onKey(event) {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const command = event.ctrlKey || event.metaKey;
    if (command || (!event.shiftKey && !isTouch())) send(event);
  }

  /** A file pasted or dropped goes into the attachment form, which then asks for the caption. */
  function attach(files) {
    const input = box.querySelector("input[type=file]");
    if (!files?.length || !input) return false;
    const one = new DataTransfer();
    one.items.add(files[0]);
    input.files = one.files;
    input.closest("details").open = true;
    return true;
  }

  if (!text.value) text.value = kept(conversation);
  changed();
  return lifetime((signal) => {
    on(text, "input", changed, signal);
    on(text, "keydown", onKey, signal);
    on(text, "paste", (event) => { if (attach(event.clipboardData.files)) event.preventDefault(); }, signal);
    on(form, "submit", send, signal);
    on(box, "click", (event) => {
      const button = event.target.closest("[data-wraps], [data-does=drop-reply]");
      if (button?.dataset.wraps) wrap(button.dataset.wraps);
      else if (button) { event.preventDefault(); dropQuote(); }
    }, signal);
    on(box, "dragover", (event) => { event.preventDefault(); box.classList.add("composer--drop"); }, signal);
    on(box, "dragleave", () => box.classList.remove("composer--drop"), signal);
    on(box, "drop", (event) => { event.preventDefault(); box.classList.remove("composer--drop"); attach(event.dataTransfer.files); }, signal);
    on(document, "parley:reply-to", (event) => quote(event.detail), signal);
    on(document, "parley:keep-draft", () => keep(conversation, text.value), signal);
  });
}
