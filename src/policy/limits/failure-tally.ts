/** How failures lead to blocks. All are at least 1. */
export interface BlockTimes {
  /** The first block; each further one is twice as long, up to `blockMaxMs`. */
  readonly blockBaseMs: number;
  readonly blockMaxMs: number;
  /** How long a failure counts, and how long after a block a further failure blocks again at once. */
  readonly forgetAfterMs: number;
}

/** Why a tally lets no attempt through, and for how long. */
export interface Hold {
  /** `busy`: as many attempts are under way as may fail; `blocked`: a block runs. */
  readonly why: "blocked" | "busy";
  readonly waitMs: number;
}

/** How long to wait for attempts that are under way: they take a worker half a second. */
const BUSY_MS = 1_000;

/**
 * Failed attempts of one kind, as of one client or with one name, and the block that they led to.
 *
 * Failures are counted in two spans of `forgetAfterMs`, this one and the one before, so that what is counted is never
 * less than the failures of the last span, and each is forgotten after at most two. Attempts under way count as failures
 * beforehand: many at once are no way round. After a block one attempt at a time may try, and its failure blocks again,
 * for twice as long. Times are monotonic milliseconds.
 */
export class FailureTally {
  readonly key: string;
  #now = 0;
  #before = 0;
  #spanStartMs: number;
  #strikes = 0;
  #blockedUntilMs = 0;
  /** Attempts whose outcome is not known yet. */
  pending = 0;
  /** When it last counted a failure; before the first, when it began. */
  usedMs: number;

  /** `key` is the owner's name for it. */
  constructor(key: string, nowMs: number) {
    this.key = key;
    this.#spanStartMs = nowMs;
    this.usedMs = nowMs;
  }

  /** Failures that count now. */
  failures(times: BlockTimes, nowMs: number): number {
    const spans = Math.floor((nowMs - this.#spanStartMs) / times.forgetAfterMs);
    if (spans > 0) {
      this.#before = spans === 1 ? this.#now : 0;
      this.#now = 0;
      this.#spanStartMs += spans * times.forgetAfterMs;
    }
    if (this.#strikes > 0 && nowMs >= this.#blockedUntilMs + times.forgetAfterMs) this.#strikes = 0;
    return this.#now + this.#before;
  }

  /** What keeps one more attempt from going through; null when nothing does. */
  hold(limit: number, times: BlockTimes, nowMs: number): Hold | null {
    const failures = this.failures(times, nowMs);
    if (this.#blockedUntilMs > nowMs) return { why: "blocked", waitMs: this.#blockedUntilMs - nowMs };
    const room = this.#strikes > 0 ? 1 : Math.max(1, limit - failures);
    return this.pending >= room ? { why: "busy", waitMs: BUSY_MS } : null;
  }

  /** Counts a failure: milliseconds of the block that it begins, or 0. */
  fail(limit: number, times: BlockTimes, nowMs: number): number {
    const failures = this.failures(times, nowMs) + 1;
    this.#now++;
    this.usedMs = nowMs;
    if (this.#blockedUntilMs > nowMs || (this.#strikes === 0 && failures < limit)) return 0;
    const blockMs = Math.min(times.blockBaseMs * 2 ** this.#strikes, times.blockMaxMs);
    this.#strikes++;
    this.#blockedUntilMs = nowMs + blockMs;
    return blockMs;
  }

  /** Takes `count` failures back: their share of what is counted here turned out to be a person's. */
  takeBack(count: number): void {
    const recent = Math.min(count, this.#now);
    this.#now -= recent;
    this.#before = Math.max(0, this.#before - (count - recent));
  }

  /** Forgets failures and blocks, not what is under way. */
  clear(): void {
    this.#now = 0;
    this.#before = 0;
    this.#strikes = 0;
    this.#blockedUntilMs = 0;
  }

  /** How much would be lost with it: infinite while an attempt is under way, 0 when it says nothing any more. */
  weight(times: BlockTimes, nowMs: number): number {
    if (this.pending > 0) return Number.POSITIVE_INFINITY;
    return this.failures(times, nowMs) + this.#strikes * STRIKE_WEIGHT;
  }
}

/** A block says more than any number of failures without one. */
const STRIKE_WEIGHT = 1_000_000;
