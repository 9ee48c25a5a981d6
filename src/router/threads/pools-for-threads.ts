import type { Clock } from "../../core/clock.ts";
import type { PlannedPool, UpstreamSettings } from "../../plan/types.ts";
import { checkHealth } from "../upstream/health-check.ts";
import type { PoolEvents } from "../upstream/pool-deps.ts";
import { systemResolver } from "../upstream/resolver.ts";
import { Upstream } from "../upstream/upstream.ts";
import { UpstreamPool } from "../upstream/upstream-pool.ts";
import { type Announce, PoolForThreads, type PoolUser } from "./pool-for-threads.ts";

/** What pools need that schedule for several threads. */
export interface PoolsNeeds {
  readonly parts: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly poolEvents: (pool: string, metricsIndex: number) => PoolEvents;
  readonly announce: Announce;
}

interface SharedPool {
  readonly upstream: Upstream;
  readonly shared: PoolForThreads;
}

/** All pools of the process by their number, also those that the plan has no more, as long as a thread has requests there. */
export class PoolsForThreads {
  readonly #needs: PoolsNeeds;
  readonly #pools = new Map<number, SharedPool>();
  readonly #byUpstream = new WeakMap<Upstream, PoolForThreads>();
  #last = 0;

  constructor(needs: PoolsNeeds) {
    this.#needs = needs;
  }

  /** A new pool, told to all threads. */
  make(planned: PlannedPool, settings: UpstreamSettings, metricsIndex: number): Upstream {
    const { parts, clock, random, poolEvents, announce } = this.#needs;
    const shared = new PoolForThreads(++this.#last, parts, announce);
    const upstream = new Upstream(planned, settings, metricsIndex, (closing) => {
      const events = closing(removalsTold(poolEvents(planned.name, metricsIndex), shared));
      const deps = { clock, random, resolve: systemResolver, check: checkHealth, events, sharing: shared };
      shared.pool = new UpstreamPool(planned, settings, deps);
      return shared.pool;
    });
    this.#pools.set(shared.id, { upstream, shared });
    this.#byUpstream.set(upstream, shared);
    return upstream;
  }

  get(id: number): PoolForThreads | undefined {
    return this.#pools.get(id)?.shared;
  }

  /** INVARIANT: `make` made it. */
  of(upstream: Upstream): PoolForThreads {
    return this.#byUpstream.get(upstream)!;
  }

  introduce(user: PoolUser): void {
    for (const { shared } of this.#pools.values()) shared.introduce(user);
  }

  /** A thread may ask these pools from now on. */
  use(user: PoolUser, ids: readonly number[]): void {
    for (const id of ids) this.#pools.get(id)!.shared.users.add(user);
  }

  giveBack(user: PoolUser): void {
    for (const { shared } of this.#pools.values()) shared.giveBack(user);
  }

  /** Looks at all that wait: what a thread held came back. */
  reconsider(): void {
    for (const { shared } of this.#pools.values()) shared.pool.reconsider();
  }

  /** Counts the threads that use each pool, and forgets pools that are closed; before and after pools are swept. */
  countUsers(): void {
    for (const { upstream, shared } of this.#pools.values()) upstream.requests = shared.users.size;
  }

  forgetUnused(serving: ReadonlyMap<string, Upstream>): void {
    for (const [id, { upstream, shared }] of this.#pools) {
      if (serving.get(upstream.name) === upstream || shared.users.size > 0) continue;
      this.#pools.delete(id);
      this.#needs.announce({ kind: "forgotten", pool: id });
    }
  }
}

/** Adds to a pool's events that threads hear of endpoints that are removed. */
function removalsTold(events: PoolEvents, shared: PoolForThreads): PoolEvents {
  return {
    ...events,
    removed(endpoint) {
      shared.removed(endpoint);
      events.removed(endpoint);
    },
  };
}
