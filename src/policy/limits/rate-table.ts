/**
 * Rate buckets in one fixed piece of memory, exact between the threads that share it.
 *
 * A table of sets of seven buckets. A bucket is a 64-bit key and its theoretical arrival time (`gcra.ts`). Nothing has
 * to be swept: a bucket whose time has come is full, so it says nothing that a new one does not say, and its place is
 * free. One that is not full is never given up for another, so that no crowd of addresses gets anybody a fresh bucket.
 * When all seven of a set are in use, newcomers share one more, the set's overflow bucket, each by its own limit: they
 * are held to less than their limit, never to more. One that finds a place later begins as empty as the overflow is.
 *
 * Which set a key is in is for its hash to hide: with a secret key nobody can fill the set of somebody else.
 *
 * Memory that threads share has a lock in each set, held for some hundred nanoseconds; memory of one thread needs none.
 * Who finds it taken spins. A thread that died with it would leave it taken: after `BREAK_MS` under one and the same
 * holder the lock is broken and counted; should the holder live yet, one request may go uncounted. Hot: nothing
 * allocates. bench/micro/rate-table.ts.
 */

/** Buckets of one set, the shared one not counted: with it, its lock and keys it fills two cache lines. */
const WAYS = 7;
const SET_BYTES = 128;
/** Places in a set behind its lock, which is its first word; in words for keys, in doubles for times. */
const OVERFLOW_TIME = 1;
const FIRST_TIME = 2;
const FIRST_KEY = 18;
const SET_WORDS = SET_BYTES / 4;
const SET_TIMES = SET_BYTES / 8;

/** The first set's place holds what is counted. */
const HEAD_BYTES = SET_BYTES;
const VIEWS_WORD = 0;
const OVERFLOWS_WORD = 1;
const BROKEN_WORD = 2;

/** Far longer than the scheduler keeps a thread waiting that holds a lock. */
const BREAK_MS = 200;
/** Spins between two looks at the time. */
const SPINS = 4096;

/** A table's memory: `SharedArrayBuffer` where threads share it. */
export type RateBuffer = ArrayBuffer | SharedArrayBuffer;

/** One thread's view of a table. At most one bucket of it is open at a time. */
export class RateTable {
  readonly #locks: boolean;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #setMask: number;
  /** Who holds a lock: the view in the upper bits, and which of its turns. */
  readonly #view: number;
  #turn = 0;
  #token = 0;
  #lockAt = 0;
  /** Where the open bucket's time and key are; -1 for the key of an overflow bucket. */
  #timeAt = 0;
  #keyAt = 0;
  #hi = 0;
  #lo = 0;
  /** The present, to be set before `open`. A field, as an argument that is a fraction costs an allocation. */
  nowMs = 0;
  /** Of the open bucket: when it is full again, in milliseconds; not after the present when it is full. */
  tatMs = 0;

  /** Memory for `sets` sets, a power of two, for one thread or to share; all buckets are full. */
  static allocate(sets: number, shared: boolean): RateBuffer {
    if (sets < 1 || !Number.isInteger(Math.log2(sets))) throw new Error(`cannot make ${sets} sets: no power of two`);
    const bytes = HEAD_BYTES + sets * SET_BYTES;
    return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  }

  constructor(memory: RateBuffer) {
    this.#locks = memory instanceof SharedArrayBuffer;
    this.#words = new Int32Array(memory);
    this.#times = new Float64Array(memory);
    this.#setMask = memory.byteLength / SET_BYTES - 2;
    this.#view = (Atomics.add(this.#words, VIEWS_WORD, 1) + 1) << 20;
  }

  /** Buckets that have a place of their own. */
  get capacity(): number {
    return (this.#setMask + 1) * WAYS;
  }

  /** Times that a request was counted in a bucket shared by newcomers, by all threads. */
  get overflows(): number {
    return Atomics.load(this.#words, OVERFLOWS_WORD);
  }

  /** Locks taken from a thread that did not give them back, by all threads. */
  get brokenLocks(): number {
    return Atomics.load(this.#words, BROKEN_WORD);
  }

  /**
   * Buckets in use now, estimated from every `stride`th set: keys are spread evenly. 1 counts them all. For metrics.
   */
  inUse(nowMs: number, stride: number): number {
    let found = 0;
    let looked = 0;
    for (let set = 0; set <= this.#setMask; set += stride) {
      const first = (set + 1) * SET_TIMES + FIRST_TIME;
      for (let way = 0; way < WAYS; way++) if (this.#times[first + way]! > nowMs) found++;
      looked++;
    }
    return Math.round((found * (this.#setMask + 1)) / looked);
  }

  /** Opens the bucket of a key: `tatMs` is its time. Until `close` every other thread waits for its set. */
  open(hi: number, lo: number): void {
    const set = hi & this.#setMask;
    this.#hi = hi;
    this.#lo = lo;
    if (this.#locks) this.#lock((set + 1) * SET_WORDS);
    const words = this.#words;
    const keys = (set + 1) * SET_WORDS + FIRST_KEY;
    const times = (set + 1) * SET_TIMES + FIRST_TIME;
    let free = -1;
    for (let way = 0; way < WAYS; way++) {
      if (words[keys + 2 * way] === hi && words[keys + 2 * way + 1] === lo) {
        this.#at(times + way, keys + 2 * way);
        this.tatMs = this.#times[times + way]!;
        return;
      }
      if (free < 0 && this.#times[times + way]! <= this.nowMs) free = way;
    }
    this.#openNew((set + 1) * SET_TIMES + OVERFLOW_TIME, times + free, free < 0 ? -1 : keys + 2 * free);
  }

  /** A newcomer owes what all of the set's newcomers owe: it may be one of them. */
  #openNew(overflow: number, time: number, key: number): void {
    this.tatMs = this.#times[overflow]!;
    this.#at(key < 0 ? overflow : time, key);
    if (key < 0) Atomics.add(this.#words, OVERFLOWS_WORD, 1);
  }

  /** Whether the open bucket is one that newcomers share. */
  get shared(): boolean {
    return this.#keyAt < 0;
  }

  /** Keeps `tatMs` as the open bucket's time. */
  keep(): void {
    this.#times[this.#timeAt] = this.tatMs;
    if (this.#keyAt < 0) return;
    this.#words[this.#keyAt] = this.#hi;
    this.#words[this.#keyAt + 1] = this.#lo;
  }

  /** Gives the set back to the others. */
  close(): void {
    // Not another's, should it have been broken.
    if (this.#locks) Atomics.compareExchange(this.#words, this.#lockAt, this.#token, 0);
  }

  #at(time: number, key: number): void {
    this.#timeAt = time;
    this.#keyAt = key;
  }

  #lock(at: number): void {
    this.#lockAt = at;
    this.#turn = (this.#turn + 1) & 0xfffff;
    this.#token = this.#view | this.#turn;
    if (Atomics.compareExchange(this.#words, at, 0, this.#token) !== 0) this.#waitForLock(at);
  }

  #waitForLock(at: number): void {
    let holder = 0;
    let sinceMs = 0;
    for (;;) {
      for (let spin = 0; spin < SPINS; spin++) {
        if (Atomics.load(this.#words, at) === 0 && Atomics.compareExchange(this.#words, at, 0, this.#token) === 0)
          return;
      }
      const now = Atomics.load(this.#words, at);
      if (now === 0) continue;
      if (now !== holder) {
        holder = now;
        sinceMs = performance.now();
      } else if (performance.now() - sinceMs > BREAK_MS) {
        if (Atomics.compareExchange(this.#words, at, holder, this.#token) !== holder) continue;
        Atomics.add(this.#words, BROKEN_WORD, 1);
        return;
      }
    }
  }
}
