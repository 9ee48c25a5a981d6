import type { Clock } from "../core/clock.ts";
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { RateLimits } from "../policy/limits/rate-limits.ts";
import type { RateTable } from "../policy/limits/rate-table.ts";

/** One set in so many is looked at to say how full a table is. */
const STRIDE = 128;

/** Lets each scrape read how full the tables of rate buckets are, and what went wrong in them. */
export function observeRates(metrics: EdgeMetrics, { tenants, clients }: RateLimits, clock: Clock): void {
  const both = (read: (table: RateTable) => number) => () =>
    [
      [["tenants"], read(tenants)],
      [["clients"], read(clients)],
    ] as const;
  metrics.observe(
    "rate_buckets",
    both((table) => table.inUse(clock.nowMs(), STRIDE)),
  );
  metrics.observe(
    "rate_buckets_max",
    both((table) => table.capacity),
  );
  metrics.observe(
    "rate_overflows_total",
    both((table) => table.overflows),
  );
  metrics.observe(
    "rate_locks_broken_total",
    both((table) => table.brokenLocks),
  );
}
