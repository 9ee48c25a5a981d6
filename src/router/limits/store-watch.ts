import type { Clock } from "../../core/clock.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { StoreFault, StoreUse } from "../../metrics/labels.ts";
import { Breaker } from "./breaker.ts";
import type { StoreEvents } from "./store.ts";

/** What an operator hears of the shared store. Words of closed sets only: no address, no error's text. */
export interface LimitEvents extends StoreEvents {
  breaker(use: StoreUse, state: "open" | "closed", fault: StoreFault): void;
}

/** The circuit breaker of one use of the store, counted and told. */
export class StoreWatch {
  readonly #use: StoreUse;
  readonly #metrics: EdgeMetrics;
  readonly #events: LimitEvents;
  readonly #clock: Clock;
  readonly #breaker: Breaker;
  #lastFault: StoreFault = "other";

  constructor(use: StoreUse, metrics: EdgeMetrics, events: LimitEvents, clock: Clock, random: () => number) {
    this.#use = use;
    this.#metrics = metrics;
    this.#events = events;
    this.#clock = clock;
    this.#breaker = new Breaker(random);
  }

  /** The store is not asked but for a trial. */
  get open(): boolean {
    return this.#breaker.open;
  }

  /** Whether the breaker is open and a trial may be made now. */
  beginTrial(): boolean {
    return this.#breaker.beginTrial(this.#clock.nowMs());
  }

  /** An answer came in time. */
  answered(tookMs: number): void {
    this.#metrics.storeAnswered(this.#use, tookMs);
    if (this.#breaker.succeeded()) this.#events.breaker(this.#use, "closed", this.#lastFault);
  }

  /** None came, or an error. */
  failed(fault: StoreFault): void {
    this.#metrics.increment("limit_store_failures_total", 1, this.#use, fault);
    this.#lastFault = fault;
    if (this.#breaker.failed(this.#clock.nowMs())) this.#events.breaker(this.#use, "open", fault);
  }
}
