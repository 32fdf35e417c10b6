/* How far this page is on each number, and whether something between was missed. No DOM. */

export class Seqs {
  #seen = new Map();
  #ahead = new Map();

  constructor(seqs) {
    this.set(seqs);
  }

  /* A frame that accounts for seqs first..last of a number. False if the page already shows something newer. */
  take(number, first, last) {
    const seen = this.#seen.get(number);
    if (seen === undefined || last < seen) return false;
    this.#ahead.set(number, [...(this.#ahead.get(number) ?? []), [first, last]]);
    this.#settle(number);
    return true;
  }

  /* True while a frame is here whose predecessor is not. */
  get hasGap() {
    return [...this.#ahead.values()].some((spans) => spans.length > 0);
  }

  /* True if a server that stands at these seqs knows more than the page, or other numbers. */
  isBehind(seqs) {
    return this.differs(seqs) || Object.entries(seqs).some(([number, seq]) => seq > this.#seen.get(Number(number)));
  }

  /* True if these are other numbers than the page has: only a fresh page helps. */
  differs(seqs) {
    const numbers = Object.keys(seqs);
    return numbers.length !== this.#seen.size || numbers.some((number) => !this.#seen.has(Number(number)));
  }

  /* The page was told everything up to these seqs; frames that came meanwhile may already be further. */
  caughtUp(seqs) {
    for (const [number, seq] of Object.entries(seqs)) {
      const key = Number(number);
      if (this.#seen.has(key)) this.#seen.set(key, Math.max(seq, this.#seen.get(key)));
      this.#settle(key);
    }
    this.#ahead.clear();
  }

  /* The page is new. */
  set(seqs) {
    this.#seen = new Map(Object.entries(seqs).map(([number, seq]) => [Number(number), seq]));
    this.#ahead.clear();
  }

  get query() {
    return new URLSearchParams([...this.#seen].map(([number, seq]) => [`n${number}`, seq]));
  }

  #settle(number) {
    let spans = this.#ahead.get(number) ?? [];
    let seen = this.#seen.get(number);
    for (let next; (next = spans.find(([first]) => first <= seen + 1)); ) {
      seen = Math.max(seen, next[1]);
      spans = spans.filter((span) => span !== next);
    }
    if (seen !== undefined) this.#seen.set(number, seen);
    if (spans.length) this.#ahead.set(number, spans);
    else this.#ahead.delete(number);
  }
}
