import { getHeapStatistics } from "node:v8";
import type { OverloadSettings } from "../plan/types.ts";
import type { OverloadResource } from "../policy/limits/overload.ts";
import type { BodyStore } from "./http1/body-store.ts";

/** Reads how loaded each resource is, as a share of a full load; called at each sweep of the edge. */
export type LoadSensors = Readonly<Record<OverloadResource, (settings: OverloadSettings) => number>>;

/** What of an edge its own sensors read. */
export interface LoadSources {
  readonly bodies: BodyStore;
  /** Time between two readings, as planned. */
  readonly intervalMs: number;
  clients(): number;
  /** Clients that the process has file descriptors for. */
  readonly clientsMax: number;
}

/** Weight of the newest delay: some ten readings tell, so that one collection of garbage is no overload. */
const NEWEST_SHARE = 0.2;
/** A delay counts as so many full loads at most, for the same reason. */
const DELAY_LOAD_MAX = 2;
/** Memory is read at each n-th call only: it costs a system call and moves slowly. */
const MEMORY_EVERY = 5;
/** What containers without a limit report is of this size or larger. */
const UNLIMITED_BYTES = 2 ** 50;

/** The sensors of a running edge. */
export function systemSensors({ bodies, intervalMs, clients, clientsMax }: LoadSources): LoadSensors {
  return {
    event_loop: delaySensor(intervalMs),
    memory: memorySensor(),
    disk: () => (bodies.settings.diskBudgetBytes > 0 ? bodies.disk.bytes / bodies.settings.diskBudgetBytes : 0),
    descriptors: () => clients() / clientsMax,
  };
}

/** How late a timer of `intervalMs` is that calls it, smoothed. */
function delaySensor(intervalMs: number): LoadSensors["event_loop"] {
  let lastMs = performance.now();
  let smooth = 0;
  return ({ eventLoopDelayMs }) => {
    const nowMs = performance.now();
    const lateMs = Math.max(0, nowMs - lastMs - intervalMs);
    lastMs = nowMs;
    smooth += (Math.min(lateMs / eventLoopDelayMs, DELAY_LOAD_MAX) - smooth) * NEWEST_SHARE;
    return smooth;
  };
}

/** What is resident, of what the catalog or the container allows; or JavaScript's heap of its own limit. */
function memorySensor(): LoadSensors["memory"] {
  const containerBytes = containerLimitBytes();
  let calls = 0;
  let load = 0;
  return ({ memoryBytesMax }) => {
    if (calls++ % MEMORY_EVERY > 0) return load;
    const heap = getHeapStatistics();
    const limitBytes = memoryBytesMax > 0 ? memoryBytesMax : containerBytes;
    load = Math.max(process.memoryUsage.rss() / limitBytes, heap.used_heap_size / heap.heap_size_limit);
    return load;
  };
}

function containerLimitBytes(): number {
  const bytes = process.constrainedMemory();
  return bytes > 0 && bytes < UNLIMITED_BYTES ? bytes : Number.POSITIVE_INFINITY;
}
