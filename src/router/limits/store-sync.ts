/** Hybrid limits: what was granted here is told to the store in batches, and what the others took is adopted. */
import type { Clock } from "../../core/clock.ts";
import type { StoreFault } from "../../metrics/labels.ts";
import { adopt, type Charge, chargeOf, type Debt } from "../../policy/limits/debts.ts";
import { type LimitStore, storeFaultOf } from "./store.ts";
import type { StoreKeys } from "./store-keys.ts";
import { inTime, LateError, questionOf, trialOf } from "./store-questions.ts";
import type { StoreWatch } from "./store-watch.ts";

/** Buckets with news at once; the news of more is lost, and each process counts those by itself. */
const QUEUED_MAX = 50_000;
/** Buckets of one exchange. */
const EXCHANGED_MAX = 4_096;
/** Buckets of one question: a fraction of a millisecond of the store's time, as strict questions wait behind it. */
const KEYS_MAX = 64;
/** No request waits for an exchange, so it may take longer than the budget. */
const LATE_MS = 500;
/** News older than this, and than some exchanges, was kept back by a fault. */
const FRESH_MS = 1_000;
const FRESH_INTERVALS = 4;

/** A part of an exchange: buckets and what was told of each. */
interface Part {
  readonly debts: Debt[];
  readonly charges: Charge[];
}

export class StoreSync {
  readonly #store: LimitStore;
  readonly #keys: StoreKeys;
  readonly #watch: StoreWatch;
  readonly #clock: Clock;
  readonly #freshMs: number;
  #queue: Debt[] = [];
  #exchanging = false;

  constructor(store: LimitStore, keys: StoreKeys, watch: StoreWatch, clock: Clock, intervalMs: number) {
    this.#store = store;
    this.#keys = keys;
    this.#watch = watch;
    this.#clock = clock;
    this.#freshMs = Math.max(FRESH_MS, FRESH_INTERVALS * intervalMs);
  }

  /** One token of the bucket was taken here. Hot: once per request and bucket. */
  note(debt: Debt, nowMs: number): void {
    if (debt.untold === 0) debt.untoldSinceMs = nowMs;
    debt.untold++;
    this.#enqueue(debt);
  }

  #enqueue(debt: Debt): void {
    if (debt.queued || this.#queue.length >= QUEUED_MAX) return;
    debt.queued = true;
    this.#queue.push(debt);
  }

  /** One exchange, unless the last one still runs or the store cannot be asked. Never rejects. */
  async exchange(): Promise<void> {
    if (this.#exchanging || !this.#store.ready) return;
    if (this.#watch.open ? !this.#watch.beginTrial() : this.#queue.length === 0) return;
    this.#exchanging = true;
    const startMs = this.#clock.nowMs();
    const parts = this.#parts(this.#taken(), startMs);
    const results = await Promise.all(parts.length === 0 ? [this.#trial()] : parts.map((part) => this.#tell(part)));
    this.#exchanging = false;
    // In a Cluster one master may fail alone: the rest of the store is still there.
    if (results.some((fault) => fault === null)) this.#watch.answered(this.#clock.nowMs() - startMs);
    else this.#watch.failed(results[0]!);
  }

  #taken(): Debt[] {
    const taken = this.#queue;
    this.#queue = taken.length > EXCHANGED_MAX ? taken.splice(EXCHANGED_MAX) : [];
    for (const debt of taken) debt.queued = false;
    return taken;
  }

  /** In a Cluster the keys of one question must lie in one slot, so each tenant has its own. */
  #parts(debts: readonly Debt[], nowMs: number): Part[] {
    const parts: Part[] = [];
    const open = new Map<string, Part>();
    for (const debt of debts) {
      const charge = chargeOf(debt, nowMs, this.#freshMs);
      debt.untold = 0;
      if (charge.count === 0) continue;
      const place = this.#store.clustered ? debt.tenant : "";
      let part = open.get(place);
      if (part === undefined || part.debts.length === KEYS_MAX) {
        part = { debts: [], charges: [] };
        open.set(place, part);
        parts.push(part);
      }
      part.debts.push(debt);
      part.charges.push(charge);
    }
    return parts;
  }

  async #tell({ debts, charges }: Part): Promise<StoreFault | null> {
    const { keys, args } = questionOf("tell", debts, this.#keys, (i) => charges[i]!);
    const startMs = this.#clock.nowMs();
    try {
      const answer = await inTime(this.#store.run(keys, args), LATE_MS);
      for (const [i, debt] of debts.entries()) adopt(debt, answer[i + 1]! / 1000, startMs);
      return null;
    } catch (cause) {
      for (const [i, debt] of debts.entries()) this.#keepBack(debt, charges[i]!, startMs);
      return cause instanceof LateError ? "late" : storeFaultOf(cause);
    }
  }

  #keepBack(debt: Debt, { count, ageMs }: Charge, toldMs: number): void {
    debt.untoldSinceMs = toldMs - ageMs;
    debt.untold += count;
    this.#enqueue(debt);
  }

  async #trial(): Promise<StoreFault | null> {
    const { keys, args } = trialOf(this.#keys);
    try {
      await inTime(this.#store.run(keys, args), LATE_MS);
      return null;
    } catch (cause) {
      return cause instanceof LateError ? "late" : storeFaultOf(cause);
    }
  }
}
