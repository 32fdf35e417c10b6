/** Answers that were begun, kept in this tab only, until they are sent. Signing out forgets them. */

const name = (conversation) => `draft:${conversation}`;

/** What was begun in a conversation, or "". */
export function kept(conversation) {
  return sessionStorage.getItem(name(conversation)) ?? "";
}

/** Keeps what is being written; nothing is kept of nothing. */
export function keep(conversation, text) {
  if (text) sessionStorage.setItem(name(conversation), text);
  else drop(conversation);
}

/** Forgets a draft. */
export function drop(conversation) {
  sessionStorage.removeItem(name(conversation));
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-signs-out]")) sessionStorage.clear();
});
