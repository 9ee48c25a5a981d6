/** Whether the edge itself is overloaded, read at each sweep; what it then sheds is decided in `policy/limits/overload.ts`. */
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { OverloadSettings } from "../plan/types.ts";
import {
  type OverloadLevel,
  type OverloadResource,
  type OverloadStage,
  overloadLevel,
  overloadResources,
  overloadStages,
} from "../policy/limits/overload.ts";
import type { LoadSensors } from "./load-sensors.ts";

/** A resource that entered or left a stage. */
export interface OverloadChange {
  readonly resource: OverloadResource;
  readonly stage: OverloadStage;
  readonly before: OverloadStage;
  /** Share of a full load. */
  readonly load: number;
}

interface ResourceState {
  load: number;
  level: OverloadLevel;
  /** When the level was last reached: it goes down only some time later. */
  reachedMs: number;
}

/** How long a stage lasts at least: shedding works at once, and must not stop at once for that. */
const HOLD_MS = 2_000;

/**
 * Fewer clients give descriptors back, fewer requests do not: those without a session end with their connections, but
 * what has a session is never refused for them.
 */
const DESCRIPTORS_LEVEL_MAX = 2;

export class Overload {
  /** Level for requests without a body. */
  level: OverloadLevel = 0;
  /** Level for requests with a body, for which disk counts, too: never below `level`. Hot: 0 says that nothing is shed. */
  bodyLevel: OverloadLevel = 0;
  readonly #sensors: LoadSensors;
  readonly #changed: (change: OverloadChange) => void;
  readonly #states = new Map<OverloadResource, ResourceState>(
    overloadResources.map((resource) => [resource, { load: 0, level: 0, reachedMs: 0 }]),
  );

  constructor(sensors: LoadSensors, changed: (change: OverloadChange) => void) {
    this.#sensors = sensors;
    this.#changed = changed;
  }

  /** Reads all sensors, and tells of every stage that changed. */
  sweep(nowMs: number, settings: OverloadSettings): void {
    for (const [resource, state] of this.#states) this.#read(resource, state, nowMs, settings);
    const descriptors = Math.min(this.#levelOf("descriptors"), DESCRIPTORS_LEVEL_MAX);
    this.level = Math.max(this.#levelOf("event_loop"), this.#levelOf("memory"), descriptors) as OverloadLevel;
    this.bodyLevel = Math.max(this.level, this.#levelOf("disk")) as OverloadLevel;
  }

  observe(metrics: EdgeMetrics): void {
    const all = <T>(read: (state: ResourceState) => T) =>
      Array.from(this.#states, ([resource, state]) => [[resource], read(state)] as const);
    metrics.observe("overload_stage", () => all(({ level }) => level));
    metrics.observe("overload_load_ratio", () => all(({ load }) => load));
  }

  #read(resource: OverloadResource, state: ResourceState, nowMs: number, settings: OverloadSettings): void {
    const load = this.#sensors[resource](settings);
    const { level: before } = state;
    const level = overloadLevel(load, settings.startShare, before);
    state.load = load;
    if (level >= before) state.reachedMs = nowMs;
    else if (nowMs - state.reachedMs < HOLD_MS) return;
    if (level === before) return;
    state.level = level;
    state.reachedMs = nowMs;
    this.#changed({ resource, stage: overloadStages[level], before: overloadStages[before], load });
  }

  #levelOf(resource: OverloadResource): OverloadLevel {
    return this.#states.get(resource)!.level;
  }
}

/** Sensors that read nothing: the edge of a dry run is never overloaded. */
export const noLoad: LoadSensors = { event_loop: () => 0, memory: () => 0, disk: () => 0, descriptors: () => 0 };
