/**
 * What each tenant has in flight and waiting, and its totals, for all threads: a record for each place, in segments that are
 * added as tenants come. A record's pages are taken from the system when its tenant's first request comes.
 *
 * Hot: `enter` and `leave` run for each request, each with four atomic instructions. Bench: bench/micro/upstream-pool.ts.
 */
import { ruleNames } from "../../policy/rules.ts";
import type { CountedRequest, LiveTenant } from "../live-tenant.ts";
import type { LaneCounts } from "../upstream/tenant-lane.ts";
import { giveBack, LINE_BYTES, LINE_WORDS } from "./parts.ts";

const SEGMENT_LANES = 1024;

/** Words of a line: all in flight, the same by rule, and requests that ask or wait. */
const IN_FLIGHT = 0;
const BY_RULE = 1;
const WAITING = BY_RULE + ruleNames.length;
/** Behind them, in a part's line, its totals as doubles. */
const TOTALS = Math.ceil((WAITING + 1) / 2);
const [REQUESTS, ANSWERED, BYTES_IN, BYTES_OUT] = [TOTALS, TOTALS + 1, TOTALS + 2, TOTALS + 3] as const;
const LINE_NUMBERS = LINE_WORDS / 2;

/** One thread's view of the records. */
export class SharedLanes {
  readonly #parts: number;
  readonly #part: number;
  readonly #segments: { readonly words: Int32Array; readonly numbers: Float64Array }[] = [];

  /** `parts` is how many there are, `part` that of this thread. */
  constructor(parts: number, part: number) {
    this.#parts = parts;
    this.#part = part;
  }

  /** Memory for one more segment, to be added by every thread. */
  allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(SEGMENT_LANES * (1 + this.#parts) * LINE_BYTES);
  }

  add(segment: SharedArrayBuffer): void {
    this.#segments.push({ words: new Int32Array(segment), numbers: new Float64Array(segment) });
  }

  /** Places that there are. */
  get capacity(): number {
    return this.#segments.length * SEGMENT_LANES;
  }

  counts(place: number): SharedLaneCounts {
    return new SharedLaneCounts(place, this.#segmentOf(place).words, this.#firstWord(place), this.#part);
  }

  totals(place: number): SharedTotals {
    return new SharedTotals(this.#segmentOf(place).numbers, this.#firstWord(place) / 2, this.#part, this.#parts);
  }

  /** Gives back all that `part` holds in the first `places`: its thread is gone. Its totals stay. */
  giveBack(part: number, places: number): void {
    for (let place = 0; place < places; place++) {
      const { words } = this.#segmentOf(place);
      for (let word = 0; word <= WAITING; word++) giveBack(words, word, part, this.#firstWord(place));
    }
  }

  #segmentOf(place: number) {
    return this.#segments[Math.floor(place / SEGMENT_LANES)]!;
  }

  #firstWord(place: number): number {
    return (place % SEGMENT_LANES) * (1 + this.#parts) * LINE_WORDS;
  }
}

/** What one tenant has in flight in one pool. */
export class SharedLaneCounts implements LaneCounts {
  readonly place: number;
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #own: number;

  constructor(place: number, words: Int32Array, at: number, part: number) {
    this.place = place;
    this.#words = words;
    this.#at = at;
    this.#own = this.#lineOf(part);
  }

  get inFlight(): number {
    return Atomics.load(this.#words, this.#at + IN_FLIGHT);
  }

  ofRule(ruleIndex: number): number {
    return Atomics.load(this.#words, this.#at + BY_RULE + ruleIndex);
  }

  enter(max: number, ruleIndex: number, ruleMax: number): boolean {
    if (!this.#take(IN_FLIGHT, max)) return false;
    if (this.#take(BY_RULE + ruleIndex, ruleMax)) return true;
    this.#give(IN_FLIGHT);
    return false;
  }

  leave(ruleIndex: number): void {
    this.#give(BY_RULE + ruleIndex);
    this.#give(IN_FLIGHT);
  }

  /** Whether a request of the tenant waits, or has just asked. */
  get waited(): boolean {
    return Atomics.load(this.#words, this.#at + WAITING) !== 0;
  }

  /** A request of this part asks; until the scheduler calls `settle`. */
  wait(): void {
    Atomics.add(this.#words, this.#at + WAITING, 1);
    Atomics.add(this.#words, this.#own + WAITING, 1);
  }

  settle(part: number): void {
    Atomics.sub(this.#words, this.#lineOf(part) + WAITING, 1);
    Atomics.sub(this.#words, this.#at + WAITING, 1);
  }

  /** The place that this part took for a request is from now on held by `part`. */
  hand(ruleIndex: number, part: number): void {
    for (const word of [IN_FLIGHT, BY_RULE + ruleIndex]) {
      Atomics.add(this.#words, this.#lineOf(part) + word, 1);
      Atomics.sub(this.#words, this.#own + word, 1);
    }
  }

  #take(word: number, max: number): boolean {
    const words = this.#words;
    for (;;) {
      const count = Atomics.load(words, this.#at + word);
      if (count >= max) return false;
      if (Atomics.compareExchange(words, this.#at + word, count, count + 1) === count) {
        Atomics.add(words, this.#own + word, 1);
        return true;
      }
    }
  }

  #give(word: number): void {
    Atomics.sub(this.#words, this.#own + word, 1);
    Atomics.sub(this.#words, this.#at + word, 1);
  }

  #lineOf(part: number): number {
    return this.#at + (1 + part) * LINE_WORDS;
  }
}

/** A tenant's totals: each part adds to its own, and all are added up when read. */
export class SharedTotals implements LiveTenant {
  readonly #numbers: Float64Array;
  readonly #at: number;
  readonly #own: number;
  readonly #parts: number;

  constructor(numbers: Float64Array, at: number, part: number, parts: number) {
    this.#numbers = numbers;
    this.#at = at;
    this.#own = at + (1 + part) * LINE_NUMBERS;
    this.#parts = parts;
  }

  get requests(): number {
    return this.#sum(REQUESTS);
  }

  get answered(): number {
    return this.#sum(ANSWERED);
  }

  get bytesIn(): number {
    return this.#sum(BYTES_IN);
  }

  get bytesOut(): number {
    return this.#sum(BYTES_OUT);
  }

  count({ code, bytesIn, bytesOut }: CountedRequest): void {
    const numbers = this.#numbers;
    numbers[this.#own + REQUESTS]! += 1;
    if (code !== "") numbers[this.#own + ANSWERED]! += 1;
    numbers[this.#own + BYTES_IN]! += bytesIn;
    numbers[this.#own + BYTES_OUT]! += bytesOut;
  }

  #sum(number: number): number {
    let sum = 0;
    for (let part = 0; part < this.#parts; part++) sum += this.#numbers[this.#at + (1 + part) * LINE_NUMBERS + number]!;
    return sum;
  }
}
