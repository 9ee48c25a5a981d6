/** Strict limits: each request asks the store, and waits for it within the budget. */
import type { Clock } from "../../core/clock.ts";
import type { StoreFault } from "../../metrics/labels.ts";
import { adopt, type Debt } from "../../policy/limits/debts.ts";
import { type LimitStore, storeFaultOf } from "./store.ts";
import type { StoreKeys } from "./store-keys.ts";
import { inTime, LateError, questionOf, trialOf } from "./store-questions.ts";
import type { StoreWatch } from "./store-watch.ts";

/** Questions without an answer at once; more are not asked. */
const UNANSWERED_MAX = 1_024;

/** Who asked. Exactly one of the two is called, once, within the budget and what the timer is late. */
export interface Asking {
  answered(waitMs: number): void;
  unanswered(): void;
}

const one = { count: 1, ageMs: 0 };

export class StoreAsks {
  readonly #store: LimitStore;
  readonly #keys: StoreKeys;
  readonly #watch: StoreWatch;
  readonly #clock: Clock;
  readonly #budgetMs: number;
  readonly #onOverrun: () => void;
  #unanswered = 0;

  constructor(
    store: LimitStore,
    keys: StoreKeys,
    watch: StoreWatch,
    clock: Clock,
    budgetMs: number,
    onOverrun: () => void,
  ) {
    this.#store = store;
    this.#keys = keys;
    this.#watch = watch;
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#onOverrun = onOverrun;
  }

  /** Asks for one token of each bucket. False, and nobody is called, where that would be in vain. */
  ask(debts: readonly Debt[], asking: Asking): boolean {
    if (!this.#store.ready || this.#watch.open || this.#unanswered >= UNANSWERED_MAX) return false;
    const { keys, args } = questionOf("ask", debts, this.#keys, () => one);
    const startMs = this.#clock.nowMs();
    let waiting = true;
    // Where this process itself was late, an answer that is already here still counts: it is read before an immediate.
    const giveUp = () => {
      if (!waiting) return;
      waiting = false;
      this.#onOverrun();
      this.#watch.failed("late");
      asking.unanswered();
    };
    const timer = setTimeout(() => setImmediate(giveUp), this.#budgetMs);
    this.#unanswered++;
    this.#store.run(keys, args).then(
      (answer) => {
        this.#unanswered--;
        for (const [i, debt] of debts.entries()) adopt(debt, answer[i + 1]! / 1000, startMs);
        if (!waiting) return;
        waiting = false;
        clearTimeout(timer);
        this.#watch.answered(this.#clock.nowMs() - startMs);
        asking.answered(Math.ceil(answer[0]! / 1000));
      },
      (cause) => {
        this.#unanswered--;
        if (!waiting) return;
        waiting = false;
        clearTimeout(timer);
        this.#watch.failed(storeFaultOf(cause));
        asking.unanswered();
      },
    );
    return true;
  }

  /** Finds out, at no request's cost, whether an open breaker may close: the store must answer within the budget. */
  async tryAgain(): Promise<void> {
    if (!this.#store.ready || !this.#watch.beginTrial()) return;
    const fault = await this.#trial();
    if (fault !== null) this.#watch.failed(fault);
  }

  /** So that the first request does not have to bring the script along. */
  async warmUp(): Promise<void> {
    const { keys, args } = trialOf(this.#keys);
    await this.#store.run(keys, args).catch(() => {});
  }

  async #trial(): Promise<StoreFault | null> {
    const { keys, args } = trialOf(this.#keys);
    const startMs = this.#clock.nowMs();
    try {
      await inTime(this.#store.run(keys, args), this.#budgetMs);
      this.#watch.answered(this.#clock.nowMs() - startMs);
      return null;
    } catch (cause) {
      return cause instanceof LateError ? "late" : storeFaultOf(cause);
    }
  }
}
