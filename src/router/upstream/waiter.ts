import type { Endpoint } from "./endpoint.ts";
import type { ClientQueue } from "./fair-queue.ts";
import type { Linked } from "./linked-list.ts";
import type { TenantLane } from "./tenant-lane.ts";

/** Why a request that was queued is not served after all. */
export type QueueRefusal = "queue_timeout" | "no_healthy_upstream" | "queue_full";

/**
 * A request as its pool sees it: whose it is, and whom to tell when its turn comes.
 *
 * The fields that are not readonly belong to the pool: they start as null and 0, and nobody else writes them.
 * `granted` and `refused` are called at most once per time that the request was queued, and never after `cancel`.
 * Both may call the pool again; neither may throw, because they run on the stack of another request.
 */
export interface Waiter extends Linked<Waiter> {
  readonly lane: TenantLane;
  /** What fairness within the tenant is by. */
  readonly clientAddress: string;
  /** Index of its rule, for caps of one rule within the tenant. */
  readonly ruleIndex: number;
  /** A worker that calls back: neither queued nor counted against its tenant. */
  readonly internal: boolean;
  /** Monotonic time at which waiting ends. */
  deadlineMs: number;
  /** Where it waits; null when it does not. */
  waitsIn: ClientQueue | null;
  /** Endpoints that could not be connected to for this request; null when there was none. */
  tried: Endpoint[] | null;
  granted(endpoint: Endpoint): void;
  refused(code: QueueRefusal): void;
}
