import type { PlannedPool, UpstreamSettings } from "../../plan/types.ts";
import type { Endpoint } from "./endpoint.ts";
import type { NetworkFault } from "./network-fault.ts";
import type { EndpointReport } from "./pool-report.ts";
import type { Waiter } from "./waiter.ts";

/**
 * Which worker of one pool serves which request, and when, as the data path asks it. `UpstreamPool` decides by itself; a
 * thread beside others has a `threads/pool-in-thread.ts`, which takes free places and leaves the rest to the one that
 * decides for all.
 *
 * Whoever has an endpoint from `acquire`, `granted` or `another` gives it back by one `release`.
 */
export interface Scheduling {
  /** Requests that wait. */
  readonly depth: number;
  /** Finds the endpoints for the first time; never rejects. Without any, requests are refused until there are. */
  start(): Promise<void>;
  /** Takes over a new plan; endpoints whose address and ports are still there keep their counts and their health. */
  update(pool: PlannedPool, settings: UpstreamSettings): void;
  /** An endpoint, now held by this request; or `queued`, and the waiter is told later; or why it is refused. */
  acquire(waiter: Waiter): Endpoint | "queued" | "queue_full" | "no_healthy_upstream";
  /** Leaves the queue without being told anything; nothing happens when it does not wait. */
  cancel(waiter: Waiter): void;
  /**
   * Another endpoint for a request of which nothing was sent, because `previous` could not be connected to; never one
   * that this request had before. With `connect_failure` the request holds nothing any more.
   */
  another(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure";
  /** Ends a request's hold on its endpoint, whatever became of it, and lets the next ones in. */
  release(waiter: Waiter, endpoint: Endpoint): void;
  /**
   * An endpoint for a realtime exchange, which occupies no worker and so needs no slot; given back by
   * `releaseRealtime`. Its faults are not told to `failed`: another process serves that port.
   */
  acquireRealtime(): Endpoint | "no_healthy_upstream";
  /** As `another`, for a realtime exchange; `previous` is given back either way. */
  anotherRealtime(previous: Endpoint, waiter: Waiter): Endpoint | "connect_failure";
  releaseRealtime(endpoint: Endpoint): void;
  /** The network failed at this endpoint before a response; what a worker answers is never a fault. */
  failed(endpoint: Endpoint, fault: NetworkFault): void;
  /**
   * The endpoint answered. One that is ejected stays so: the answer may be to a request from before, and a worker that
   * shuts down still ends what it has.
   */
  succeeded(endpoint: Endpoint): void;
  /** All that is due by time: call every 100 to 250 ms. */
  sweep(nowMs: number): void;
  report(): EndpointReport[];
  /** Refuses those that wait and all that come; requests in flight end as usual. */
  close(): void;
}
