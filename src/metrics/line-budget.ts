import type { Clock } from "../core/clock.ts";

const WINDOW_MS = 1000;

/**
 * How many lines a second each key may write, so that whoever causes them cannot fill a disk.
 *
 * Each key has its own share: a flood of one kind hides no line of another. What was left out is reported once per
 * key and second. Keys must be of a closed set.
 */
export class LineBudget<K> {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #report: (key: K, suppressed: number) => void;
  readonly #taken = new Map<K, number>();
  #windowStartMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(perSecond: number, clock: Clock, report: (key: K, suppressed: number) => void) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#report = report;
    this.#windowStartMs = clock.nowMs();
  }

  /** Whether one more line of this key may be written now. */
  take(key: K): boolean {
    if (this.#clock.nowMs() - this.#windowStartMs >= WINDOW_MS) this.settle();
    const taken = (this.#taken.get(key) ?? 0) + 1;
    this.#taken.set(key, taken);
    if (taken <= this.#perSecond) return true;
    this.#timer ??= setTimeout(() => this.settle(), WINDOW_MS).unref();
    return false;
  }

  /** Counts lines that were left out before they came here. */
  leftOut(key: K, lines: number): void {
    if (this.#clock.nowMs() - this.#windowStartMs >= WINDOW_MS) this.settle();
    this.#taken.set(key, Math.max(this.#taken.get(key) ?? 0, this.#perSecond) + lines);
    this.#timer ??= setTimeout(() => this.settle(), WINDOW_MS).unref();
  }

  /** Reports what was left out and begins a new second. */
  settle(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const over = [...this.#taken].filter(([, taken]) => taken > this.#perSecond);
    this.#taken.clear();
    this.#windowStartMs = this.#clock.nowMs();
    for (const [key, taken] of over) this.#report(key, taken - this.#perSecond);
  }
}
