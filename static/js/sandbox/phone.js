/* Keeps the phone page live: asks for the changing parts once a second while the page is seen, sends forms without
   leaving the page, and keeps the draft. Without it the same forms post and the page is loaded again. */

import { keepDraft } from "./draft.js";
import { showLocalTimes } from "./local_times.js";
import { watchLive } from "./live_parts.js";
import { sendInPlace } from "./send_in_place.js";

const root = document.querySelector("[data-live-url]");

showLocalTimes(document);
if (root) {
  root.classList.add("sim-live");
  const refresh = watchLive(root);
  const draft = keepDraft(root);
  sendInPlace(root, { refresh, draft });
}
