/** What the threads of a process have in common. An edge in a process of one thread has all of it for itself. */
import type { Clock } from "../core/clock.ts";
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { RedisSettings } from "../plan/types.ts";
import { LoginFailures } from "../policy/limits/login-failures.ts";
import { allocateRates, type RateMemory } from "../policy/limits/rate-limits.ts";
import { type ConnectionCount, OwnConnections } from "./client-connections.ts";
import { type BodyBudgets, ownBodies } from "./http1/body-store.ts";
import { type ByteBudget, OwnBudget } from "./http1/byte-budget.ts";
import type { LimitGate } from "./limits/limit-gate.ts";
import { SharedLimits } from "./limits/shared-limits.ts";
import type { LimitEvents } from "./limits/store-watch.ts";
import { ownTenants, type TenantStore } from "./link.ts";
import type { ListenOptions } from "./listener.ts";
import { type LoginGate, OwnLogins } from "./login-gate.ts";
import { drawRateKeys } from "./rate-keys.ts";
import { SocketCounts, type SocketGate } from "./socket-counts.ts";
import { checkHealth } from "./upstream/health-check.ts";
import type { PoolEvents } from "./upstream/pool-deps.ts";
import { systemResolver } from "./upstream/resolver.ts";
import { Upstream } from "./upstream/upstream.ts";
import { UpstreamPool } from "./upstream/upstream-pool.ts";
import type { UpstreamMaker } from "./upstreams.ts";

export interface EdgeParts {
  readonly rates: RateMemory;
  readonly logins: LoginGate;
  readonly sockets: SocketGate;
  readonly bodies: BodyBudgets;
  readonly responses: ByteBudget;
  readonly connections: ConnectionCount;
  readonly tenants: TenantStore;
  readonly upstream: UpstreamMaker;
  readonly listen: ListenOptions;
  limits(settings: RedisSettings): LimitGate;
}

/** What an edge without other threads needs of the world. */
export interface PartsNeeds {
  readonly metrics: EdgeMetrics;
  readonly clock: Clock;
  readonly random: () => number;
  /** What one pool's endpoints go through, for logs and metrics. */
  readonly poolEvents: (pool: string, metricsIndex: number) => PoolEvents;
  /** What the shared store of limits goes through; told to nobody where it is left out. */
  readonly limitEvents?: LimitEvents | undefined;
}

/** Tallies of failed logins and names with a success in memory at once, some 200 bytes each. */
export const LOGINS_MAX = 200_000;

export function ownParts(needs: PartsNeeds): EdgeParts {
  const { metrics, clock, random, limitEvents: events = toldToNobody } = needs;
  return {
    rates: allocateRates(drawRateKeys(), { shared: false }),
    logins: new OwnLogins(new LoginFailures(LOGINS_MAX), clock),
    sockets: new SocketCounts(),
    bodies: ownBodies(),
    responses: new OwnBudget(),
    connections: new OwnConnections(),
    tenants: ownTenants,
    upstream: ownUpstreams(needs),
    listen: { shared: false, ports: new Map() },
    limits: (settings) => SharedLimits.open(settings, { metrics, events, clock, random }),
  };
}

/** Pools that schedule by themselves. */
export function ownUpstreams({ clock, random, poolEvents }: PartsNeeds): UpstreamMaker {
  return (pool, settings, metricsIndex) => {
    const deps = { clock, random, resolve: systemResolver, check: checkHealth };
    return new Upstream(pool, settings, metricsIndex, (closing) => {
      const events = closing(poolEvents(pool.name, metricsIndex));
      return new UpstreamPool(pool, settings, { ...deps, events });
    });
  };
}

export const toldToNobody: LimitEvents = { connected: () => {}, lost: () => {}, breaker: () => {} };
