/* One socket per browser. The tab that holds the lock has it and tells the others what it hears; when that tab goes, the
   next one takes over. Frames are handed to `hear`; the state of the line to parley:connection. */

import { backoff } from "parley/models/order";
import { emit } from "parley/live/parts";

const NAME = "parley-live";
const SILENCE = 60_000;
const SEEN_EVERY = 40;
// Signed out or deactivated: the page asks anew and ends up where one signs in.
const ENDED = 4003;
const FOREVER = new Promise(() => {});

export class Line {
  #hear;
  #socket = null;
  #tries = 0;
  #timer = 0;
  #frames = 0;
  #heardAt = 0;
  #leads = false;
  #state = { is: "connecting" };
  #leaves = false;
  #others = new BroadcastChannel(NAME);

  constructor(hear) {
    this.#hear = hear;
    this.#others.onmessage = ({ data }) => this.#fromOtherTab(data);
    this.#others.postMessage({ ask: true });
    if (navigator.locks) navigator.locks.request(NAME, () => this.#lead());
    else this.#lead();
    addEventListener("online", () => this.retry());
    addEventListener("pageshow", ({ persisted }) => persisted && this.retry());
    addEventListener("beforeunload", () => (this.#leaves = true));
    setInterval(() => this.#checkPulse(), 10_000);
  }

  /* Try now instead of later. */
  retry() {
    if (!this.#leads) this.#others.postMessage({ retry: true });
    else if (!this.#socket) this.#open();
  }

  #lead() {
    this.#leads = true;
    this.#open();
    return FOREVER;
  }

  #open() {
    clearTimeout(this.#timer);
    const socket = (this.#socket = new WebSocket(`${location.origin.replace("http", "ws")}/live/socket/`));
    this.#frames = 0;
    this.#heardAt = Date.now();
    socket.onmessage = ({ data }) => this.#take(socket, JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#lost(code);
  }

  #take(socket, frame) {
    this.#heardAt = Date.now();
    this.#frames += 1;
    if (frame.type !== "change" || this.#frames % SEEN_EVERY === 0) {
      socket.send(JSON.stringify({ do: "seen", frames: this.#frames }));
    }
    if (frame.type === "hello") {
      this.#tries = 0;
      this.#tell({ is: frame.deaf ? "deaf" : "live" });
    } else if (frame.type === "deaf" || frame.type === "resync") {
      this.#tell({ is: frame.type === "deaf" ? "deaf" : "live" });
    }
    if (frame.type !== "beat") {
      this.#others.postMessage({ frame });
      this.#hear(frame);
    }
  }

  #lost(code) {
    this.#socket = null;
    if (code === ENDED) {
      this.#others.postMessage({ ended: true });
      this.#end();
      return;
    }
    const wait = backoff(this.#tries++);
    this.#timer = setTimeout(() => this.#open(), wait);
    this.#tell({ is: "lost", code, retryAt: Date.now() + wait });
  }

  /* Somebody who signs out is on the way to another page already, which must not be cut off. */
  #end() {
    if (!this.#leaves) location.reload();
  }

  #checkPulse() {
    if (this.#socket && Date.now() - this.#heardAt > SILENCE) {
      const silent = this.#socket;
      this.#lost(0);
      silent.close();
    }
  }

  #tell(state) {
    this.#state = state;
    this.#others.postMessage({ state });
    emit("parley:connection", state);
  }

  #fromOtherTab({ frame, state, ask, retry, ended }) {
    if (frame && !this.#leads) this.#hear(frame);
    else if (state && !this.#leads) emit("parley:connection", (this.#state = state));
    else if (ask && this.#leads) this.#others.postMessage({ state: this.#state });
    else if (ended) this.#end();
    else if (retry && this.#leads) this.retry();
  }
}
