/**
 * The places at one endpoint, counted for all threads.
 *
 * Hot: `take` and `leave` run for each request, each with two atomic instructions. Bench: bench/micro/upstream-pool.ts.
 */
import type { Places } from "../upstream/places.ts";
import { allocateLines, giveBack, lineOf } from "./parts.ts";

/** Words of the totals; the first two are also those of a part. */
const IN_FLIGHT = 0;
const REALTIME = 1;
const SLOTS = 2;
const ANSWERED = 3;
const WATCHED = 4;

export class SharedPlaces implements Places {
  /** The endpoint's number in this process. */
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #own: number;

  static allocate(parts: number): SharedArrayBuffer {
    return allocateLines(parts);
  }

  /** `part` is that of the thread that uses it. */
  constructor(id: number, memory: SharedArrayBuffer, part: number) {
    this.id = id;
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#own = lineOf(part);
  }

  get inFlight(): number {
    return Atomics.load(this.#words, IN_FLIGHT);
  }

  get realtime(): number {
    return Atomics.load(this.#words, REALTIME);
  }

  get slots(): number {
    return Atomics.load(this.#words, SLOTS);
  }

  set slots(slots: number) {
    Atomics.store(this.#words, SLOTS, slots);
  }

  get answered(): boolean {
    return this.#words[ANSWERED] !== 0;
  }

  set answered(answered: boolean) {
    const word = answered ? 1 : 0;
    // Mostly it says so already: the line then stays in every processor's cache.
    if (this.#words[ANSWERED] !== word) Atomics.store(this.#words, ANSWERED, word);
  }

  get watched(): boolean {
    return Atomics.load(this.#words, WATCHED) !== 0;
  }

  set watched(watched: boolean) {
    Atomics.store(this.#words, WATCHED, watched ? 1 : 0);
  }

  take(beyond: number): boolean {
    const words = this.#words;
    for (;;) {
      const inFlight = Atomics.load(words, IN_FLIGHT);
      if (inFlight >= Atomics.load(words, SLOTS) + beyond) return false;
      if (Atomics.compareExchange(words, IN_FLIGHT, inFlight, inFlight + 1) === inFlight) {
        Atomics.add(words, this.#own + IN_FLIGHT, 1);
        return true;
      }
    }
  }

  leave(): void {
    Atomics.sub(this.#words, this.#own + IN_FLIGHT, 1);
    Atomics.sub(this.#words, IN_FLIGHT, 1);
  }

  takeRealtime(): void {
    Atomics.add(this.#words, REALTIME, 1);
    Atomics.add(this.#words, this.#own + REALTIME, 1);
  }

  leaveRealtime(): void {
    Atomics.sub(this.#words, this.#own + REALTIME, 1);
    Atomics.sub(this.#words, REALTIME, 1);
  }

  /** A place that this part took is from now on held by `part`. */
  hand(part: number): void {
    Atomics.add(this.#words, lineOf(part) + IN_FLIGHT, 1);
    Atomics.sub(this.#words, this.#own + IN_FLIGHT, 1);
  }

  /** Gives back all that `part` holds: its thread is gone. */
  giveBack(part: number): void {
    giveBack(this.#words, IN_FLIGHT, part);
    giveBack(this.#words, REALTIME, part);
  }
}
