import type { PlannedTier } from "../../plan/types.ts";
import type { LaneQueue } from "./fair-queue.ts";

/** What a tier says about its tenants' concurrency. */
export type LaneLimits = Pick<PlannedTier, "inFlightMax" | "queueMax" | "queueTimeoutMs">;

/**
 * One tenant's share of its pool: what it has in flight, what waits, and how much of each its tier allows.
 *
 * Lives as long as the tenant stays in this pool, over reloads; a tenant that moves gets a new lane, and the old one
 * ends with the requests that hold it. The counts belong to the pool.
 */
export class TenantLane {
  readonly tenant: string;
  /** Requests that hold a slot, internal clients' apart. */
  inFlight = 0;
  queued = 0;
  inFlightMax = 0;
  queueMax = 0;
  queueTimeoutMs = 0;
  /** Exists only while something waits: most of a hundred thousand tenants are idle. */
  queue: LaneQueue | null = null;

  constructor(tenant: string, limits: LaneLimits) {
    this.tenant = tenant;
    this.update(limits);
  }

  /** Takes new limits; the pool's next `update` or `sweep` acts on them. What already waits keeps its deadline. */
  update(limits: LaneLimits): void {
    this.inFlightMax = limits.inFlightMax;
    this.queueMax = limits.queueMax;
    this.queueTimeoutMs = limits.queueTimeoutMs;
  }
}
