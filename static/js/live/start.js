/* Keeps a page true: frames from the line, catching up where frames are missing, asking now and then while there is no line. */

import { Seqs } from "parley/models/seqs";
import { catchUp } from "parley/live/catchup";
import { watchConnection } from "parley/live/connection";
import { watchCounts } from "parley/live/counts";
import { watchList } from "parley/live/list";
import { emit, on } from "parley/live/parts";
import { Line } from "parley/live/socket";
import { watchThread } from "parley/live/thread";

const LATE = 300;
const POLL = 15_000;
const AWAY = 60_000;

export function startLive() {
  const { liveSeqs, liveEpoch } = document.body.dataset;
  if (!liveSeqs) return;
  const seqs = new Seqs(JSON.parse(liveSeqs));
  let isLive = false;
  let hiddenAt = 0;
  let gap = 0;

  watchConnection(() => line.retry());
  watchCounts();
  watchList();
  watchThread();

  const ask = async () => {
    const reached = await catchUp(seqs);
    if (!isLive) emit("parley:polled", { reached });
  };

  const hear = (frame) => {
    if (frame.type === "change") {
      if (!seqs.take(frame.n, frame.f, frame.s)) return;
      emit("parley:change", frame);
      emit("parley:pushed");
      // Frames of two workers may overtake each other; only what stays missing is asked for.
      if (seqs.hasGap && !gap) gap = setTimeout(() => ((gap = 0), seqs.hasGap && ask()), LATE);
    } else if (frame.type === "hello") {
      if (frame.epoch !== liveEpoch) emit("parley:updated");
      if (frame.epoch !== liveEpoch || seqs.isBehind(frame.seqs)) ask();
    } else if (frame.type === "resync" || frame.type === "access") ask();
  };

  on("parley:connection", ({ is }) => (isLive = is === "live"));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > AWAY) ask();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && ask());
  const poll = () => {
    if (!isLive && !document.hidden) ask();
    setTimeout(poll, POLL * (0.9 + Math.random() / 5));
  };
  setTimeout(poll, POLL);
  const line = new Line(hear);
}
