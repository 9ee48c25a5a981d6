import { takeEndpoint, takeOther, takeRealtime } from "./choose-endpoint.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Waiter } from "./waiter.ts";

/**
 * Internal requests that may be in flight per worker, beyond the ordinary ones.
 *
 * A worker that prints a PDF holds its process while wkhtmltopdf asks the edge for the page's assets, over at most six
 * connections to one host. Were those to wait for an ordinary slot while all slots are held by such workers, none
 * would ever end. So they go past the slots into the worker's own accept backlog (eight per worker), where the edge
 * lets nobody else stand, and take the first process that is free. That helps as long as one process of the endpoint
 * is not printing; a pool whose `workers` is below the number of processes keeps one free for good.
 */
const INTERNAL_PER_WORKER = 6;

/** The endpoints of a pool that take requests now, and the places at them. */
export class OpenEndpoints {
  list: readonly Endpoint[] = [];
  workers: number;
  readonly #random: () => number;

  constructor(workers: number, random: () => number) {
    this.workers = workers;
    this.#random = random;
  }

  get none(): boolean {
    return this.list.length === 0;
  }

  /** A place for this request, or null where all are taken. */
  take(waiter: Waiter): Endpoint | null {
    return takeEndpoint(this.list, this.#beyond(waiter), this.#random);
  }

  /** A place for whoever is next in the queue. */
  takeOrdinary(): Endpoint | null {
    return takeEndpoint(this.list, 0, this.#random);
  }

  /** A place for a request that could not connect to `previous`, where it has not been yet. */
  takeOther(previous: Endpoint, waiter: Waiter): Endpoint | null {
    waiter.tried ??= [];
    waiter.tried.push(previous);
    return takeOther(this.list, waiter.tried, this.#beyond(waiter));
  }

  takeRealtime(): Endpoint | "no_healthy_upstream" {
    return takeRealtime(this.list, none);
  }

  takeOtherRealtime(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure" {
    waiter.tried ??= [];
    waiter.tried.push(previous);
    const next = takeRealtime(this.list, waiter.tried);
    return next === "no_healthy_upstream" ? "connect_failure" : next;
  }

  /** How many more than an endpoint's slots may be in flight for this request to join. */
  #beyond(waiter: Waiter): number {
    return waiter.internal ? this.workers * INTERNAL_PER_WORKER : 0;
  }
}

const none: readonly Endpoint[] = [];
