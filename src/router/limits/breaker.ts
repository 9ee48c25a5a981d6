/** Failures in a row that open the breaker. */
const FAILURES = 5;
/** First time that it stays open; each failed trial doubles it. */
const OPEN_MS = 200;
const OPEN_MAX_MS = 5_000;

/**
 * Stops asking what does not answer. It opens after five failures in a row; then one trial at a time finds out whether
 * it may close, after a time that doubles with each failed one, give or take a quarter, so that replicas do not come
 * together. Times are monotonic milliseconds handed in.
 */
export class Breaker {
  readonly #random: () => number;
  #failures = 0;
  #trials = 0;
  #tryAtMs = Number.NEGATIVE_INFINITY;
  open = false;

  /** `random` is uniform in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Whether a trial may be made now; it then may not until that trial's time is over. */
  beginTrial(nowMs: number): boolean {
    if (!this.open || nowMs < this.#tryAtMs) return false;
    this.#tryAtMs = nowMs + OPEN_MAX_MS;
    return true;
  }

  /** An answer in time. True when that closed the breaker. */
  succeeded(): boolean {
    const closes = this.open;
    this.open = false;
    this.#failures = 0;
    this.#trials = 0;
    return closes;
  }

  /** No answer in time, or an error. True when that opened the breaker. */
  failed(nowMs: number): boolean {
    const opens = !this.open && ++this.#failures >= FAILURES;
    if (opens) this.open = true;
    if (this.open) this.#wait(nowMs);
    return opens;
  }

  #wait(nowMs: number): void {
    const span = Math.min(OPEN_MS * 2 ** this.#trials, OPEN_MAX_MS);
    this.#trials = Math.min(this.#trials + 1, 16);
    this.#tryAtMs = nowMs + span * (0.75 + this.#random() / 2);
  }
}
