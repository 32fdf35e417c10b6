/* Makes a page that was away equal to a fresh one: asks what happened since, or fetches the page again quietly. */

import { emit } from "parley/live/parts";

let asking = null;
let again = false;

/* Ask once at a time; a call during an answer leads to one more. Resolves to whether the server could be reached. */
export async function catchUp(seqs) {
  if (asking) {
    again = true;
    return asking;
  }
  asking = ask(seqs).finally(() => (asking = null));
  const reached = await asking;
  if (!again) return reached;
  again = false;
  return catchUp(seqs);
}

export async function getJSON(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" });
  if (answer.status === 401) emit("parley:connection", { is: "ended" });
  return answer.ok ? answer.json() : null;
}

async function ask(seqs) {
  const query = seqs.query;
  const open = document.querySelector("[data-live-thread]")?.dataset.conversation;
  if (open) query.set("open", open);
  try {
    const news = await getJSON(`/live/since/?${query}`);
    if (!news) return false;
    if (news.reload || seqs.differs(news.seqs)) return await freshPage(seqs);
    for (const change of news.changes) emit("parley:change", change);
    emit("parley:counts", news.counts);
    seqs.caughtUp(news.seqs);
    return true;
  } catch {
    return false;
  }
}

async function freshPage(seqs) {
  const answer = await fetch(location.href, { cache: "no-store" });
  const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page?.body.dataset.liveSeqs) return false;
  emit("parley:fresh", { page });
  seqs.set(JSON.parse(page.body.dataset.liveSeqs));
  return true;
}
