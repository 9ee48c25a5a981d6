import { setTimeout as delay } from "node:timers/promises";
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { Plan, PlannedPool, UpstreamSettings } from "../plan/types.ts";
import type { Mode } from "./modes.ts";
import type { EndpointReport } from "./upstream/pool-report.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** How long a plan waits for the names of new pools to be resolved; it then takes over without them. */
const NAMES_MS = 1_000;

/** Makes the pool's scheduling; `metricsIndex` is the pool's in the metrics. */
export type UpstreamMaker = (pool: PlannedPool, settings: UpstreamSettings, metricsIndex: number) => Upstream;

/** What a plan's pools are to be, before the plan serves. */
export interface OpenedUpstreams {
  /** In the order of the plan's pools. */
  readonly list: readonly Upstream[];
  /** Resolves when the names of new ones are resolved, or it took too long. */
  readonly found: Promise<unknown>;
}

/** The pools of the plan in service, and those that it has no more, until their last request is over. */
export class Upstreams {
  readonly byName = new Map<string, Upstream>();
  readonly #retired = new Set<Upstream>();
  readonly #metrics: EdgeMetrics;
  readonly #make: UpstreamMaker;
  /** Without it no worker's name is resolved and none is checked: pools are there to be counted by. */
  readonly #asksWorkers: boolean;

  constructor(metrics: EdgeMetrics, make: UpstreamMaker, mode: Mode) {
    this.#metrics = metrics;
    this.#make = make;
    this.#asksWorkers = mode !== "authorizer";
  }

  /** The pools of `plan`, of which the new ones begin to look for their endpoints. */
  open(plan: Plan): OpenedUpstreams {
    const starting: Promise<void>[] = [];
    const list = plan.pools.map((pool) => {
      const known = this.byName.get(pool.name);
      if (known !== undefined) return known;
      const made = this.#make(pool, plan.edge.upstream, this.#metrics.poolIndex(pool.name));
      this.byName.set(pool.name, made);
      if (this.#asksWorkers) starting.push(made.scheduling.start());
      return made;
    });
    return { list, found: Promise.race([Promise.all(starting), delay(NAMES_MS, undefined, { ref: false })]) };
  }

  /** `plan` serves, with the pools in `list`. */
  adopt(plan: Plan, list: readonly Upstream[]): void {
    if (this.#asksWorkers) for (const [i, pool] of plan.pools.entries()) list[i]!.update(pool, plan.edge.upstream);
    for (const [name, upstream] of this.byName) {
      if (list.includes(upstream)) continue;
      this.byName.delete(name);
      this.#retired.add(upstream);
    }
  }

  report(): readonly (EndpointReport & { readonly pool: string })[] {
    return [...this.byName.values()].flatMap((upstream) =>
      upstream.scheduling.report().map((report) => ({ pool: upstream.name, ...report })),
    );
  }

  sweep(nowMs: number): void {
    for (const upstream of this.byName.values()) upstream.sweep(nowMs);
    for (const upstream of this.#retired) this.#sweepRetired(upstream, nowMs);
  }

  close(): void {
    for (const upstream of [...this.byName.values(), ...this.#retired]) upstream.close();
  }

  #sweepRetired(upstream: Upstream, nowMs: number): void {
    if (upstream.requests > 0) return upstream.sweep(nowMs);
    this.#retired.delete(upstream);
    upstream.close();
  }
}
