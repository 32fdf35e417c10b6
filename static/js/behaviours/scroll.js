/** Where the thread stands when it opens: at what is new, else at its end. */

export function mount(scroller) {
  const target = location.hash.startsWith("#message-") && document.getElementById(location.hash.slice(1));
  const unread = scroller.querySelector("[data-unread]");
  if (target) target.scrollIntoView({ block: "center" });
  else if (unread && unread.offsetTop + 200 < scroller.scrollHeight - scroller.clientHeight) unread.scrollIntoView({ block: "start" });
  else scroller.scrollTop = scroller.scrollHeight;
}
