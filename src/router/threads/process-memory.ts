import { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import { allocateRates, type RateMemory } from "../../policy/limits/rate-limits.ts";
import { drawRateKeys } from "../rate-keys.ts";
import { SharedBudget } from "./shared-budget.ts";
import { SharedConnections } from "./shared-connections.ts";

/** What the threads of a process share from their first moment on. */
export interface ProcessMemory {
  /** How many parts it is shared by: one for each thread that serves, and the scheduler's. */
  readonly parts: number;
  readonly rates: RateMemory;
  /** By part; the scheduler's is empty. */
  readonly metrics: readonly SharedArrayBuffer[];
  readonly bodyMemory: SharedArrayBuffer;
  readonly bodyDisk: SharedArrayBuffer;
  readonly responses: SharedArrayBuffer;
  readonly connections: SharedArrayBuffer;
}

export function allocateProcess(threads: number): ProcessMemory {
  const parts = 1 + threads;
  return {
    parts,
    rates: allocateRates(drawRateKeys(), { shared: true }),
    metrics: Array.from({ length: parts }, () => EdgeMetrics.allocate()),
    bodyMemory: SharedBudget.allocate(parts),
    bodyDisk: SharedBudget.allocate(parts),
    responses: SharedBudget.allocate(parts),
    connections: SharedConnections.allocate(parts),
  };
}
