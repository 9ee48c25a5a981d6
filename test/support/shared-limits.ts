/** Shared limits with a real store, asked as a replica's requests would. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../src/core/clock.ts";
import { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import type { MetricName } from "../../src/metrics/table.ts";
import type { RedisSettings, RuleLimits } from "../../src/plan/types.ts";
import { ASKED, UNAVAILABLE } from "../../src/router/limits/limit-gate.ts";
import { SharedLimits } from "../../src/router/limits/shared-limits.ts";
import type { LimitEvents } from "../../src/router/limits/store-watch.ts";
import { metricSum } from "./metric-sum.ts";

export const usualRedis: RedisSettings = {
  topology: "Standalone",
  addresses: [],
  masterName: "",
  username: "",
  password: null,
  sentinelUsername: "",
  sentinelPassword: null,
  secret: null,
  tls: null,
  database: 0,
  keyPrefix: "hostward",
  budgetMs: 5,
  syncIntervalMs: 50,
  connectTimeoutMs: 500,
};

/** Settings for servers on ports of loopback. */
export function redisAt(ports: readonly number[], more: Partial<RedisSettings> = {}): RedisSettings {
  return { ...usualRedis, addresses: ports.map((port) => ({ host: "127.0.0.1", port })), ...more };
}

/** A limit per client, and how it is shared. */
export function globalLimit(
  requests: number,
  perMs: number,
  burst: number,
  how: Partial<Pick<RuleLimits, "consistency" | "failureMode">> = {},
): RuleLimits {
  return {
    perTenant: null,
    perLogin: null,
    perClient: { requests, perMs, burst },
    scope: "Global",
    consistency: "Strict",
    failureMode: "Local",
    ...how,
  };
}

/** What one request was told, and how long that took. */
export interface Told {
  readonly verdict: "granted" | "refused" | "unavailable";
  readonly waitMs: number;
  readonly tookMs: number;
}

/** One process's limits, with what it told. */
export class Replica {
  readonly limits: SharedLimits;
  readonly metrics = new EdgeMetrics();
  readonly events: string[] = [];
  readonly #told: number[] = [];

  constructor(settings: RedisSettings, more: Partial<LimitEvents> = {}) {
    this.limits = SharedLimits.open(settings, {
      metrics: this.metrics,
      clock: systemClock,
      random: Math.random,
      events: {
        connected: () => this.events.push("connected"),
        lost: (fault) => this.events.push(`lost ${fault}`),
        breaker: (use, state, fault) => this.events.push(`${use} ${state} ${fault}`),
        ...more,
      },
    });
  }

  /** The longest decision so far, ms. */
  get longestMs(): number {
    return Math.max(0, ...this.#told);
  }

  /** One request; resolves with what it was told. */
  ask(limits: RuleLimits, client = "203.0.113.1", tenant = "acme"): Promise<Told> {
    const startMs = performance.now();
    return new Promise((resolve, reject) => {
      const tell = (waitMs: number) => {
        const tookMs = performance.now() - startMs;
        this.#told.push(tookMs);
        const verdict = waitMs === 0 ? "granted" : waitMs === UNAVAILABLE ? "unavailable" : "refused";
        resolve({ verdict, waitMs, tookMs });
      };
      const waitMs = this.limits.ask(limits, tenant, "app", client, { limitAnswered: tell, questionFailed: reject });
      if (waitMs !== ASKED) tell(waitMs);
    });
  }

  /** Requests one after the other, with a pause between; how many had each verdict. */
  async askFor(forMs: number, pauseMs: number, limits: RuleLimits, tenants = ["acme"]) {
    const counts = { granted: 0, refused: 0, unavailable: 0 };
    const endMs = performance.now() + forMs;
    for (let i = 0; performance.now() < endMs; i++) {
      counts[(await this.ask(limits, "203.0.113.1", tenants[i % tenants.length])).verdict]++;
      await delay(pauseMs);
    }
    return counts;
  }

  /** The sum of a metric's series that have these labels. */
  metric(name: MetricName, labels: Record<string, string> = {}): Promise<number> {
    return metricSum(this.metrics, name, labels);
  }

  close(): void {
    this.limits.close();
  }
}

/** How late this process's timers were at worst while `work` ran: a wait may exceed its budget by that and no more. */
export async function withLateness<T>(work: () => Promise<T>): Promise<{ value: T; latenessMs: number }> {
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  const value = await work();
  monitor.disable();
  return { value, latenessMs: monitor.max / 1e6 };
}
