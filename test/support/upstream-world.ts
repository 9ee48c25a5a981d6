import type { PlannedEndpoint, PlannedPool, UpstreamSettings } from "../../src/plan/types.ts";
import { type RuleName, ruleNames } from "../../src/policy/rules.ts";
import type { CheckOutcome, Endpoint } from "../../src/router/upstream/endpoint.ts";
import type { ClientQueue } from "../../src/router/upstream/fair-queue.ts";
import { type LaneLimits, TenantLane } from "../../src/router/upstream/tenant-lane.ts";
import { UpstreamPool } from "../../src/router/upstream/upstream-pool.ts";
import type { QueueRefusal, Waiter } from "../../src/router/upstream/waiter.ts";

export const settings: UpstreamSettings = {
  connectTimeoutMs: 1_000,
  ejectAfter: 3,
  ejectBaseMs: 10_000,
  ejectMaxMs: 40_000,
  checkIntervalMs: 1e12, // no check of healthy endpoints, but the one that the first sweep makes
  checkTimeoutMs: 500,
  checkPath: "/web/health",
  dnsRefreshMs: 30_000,
  idleTimeoutMs: 2_000,
  idlePerEndpointMax: 2,
};

/** A written endpoint. */
export function at(address: string, httpPort = 8069): PlannedEndpoint {
  return { address, httpPort, realtimePort: httpPort + 3 };
}

export function plannedPool(workers: number, endpoints: readonly PlannedEndpoint[]): PlannedPool {
  const service = { name: "worker-odoo", httpPort: 8069, realtimePort: 8072, guardPort: 8068 };
  const odoo = { odoo: "18.0", odooMajor: 18, dbfilter: "^%h$" } as const;
  return { name: "odoo-18", namespace: "odoo-v18", ...odoo, service, workers, endpoints };
}

/** What a tier says that sets no weight and no caps of rules. */
export const plainLane: LaneLimits = {
  inFlightMax: 100,
  inFlightByRuleMax: { rpc: null, login: null, static: null, app: null },
  weight: 1,
  queueMax: 100,
  queueTimeoutMs: 1_000,
};

export function lane(tenant: string, inFlightMax = 100, queueMax = 100, queueTimeoutMs = 1_000): TenantLane {
  return new TenantLane(tenant, { ...plainLane, inFlightMax, queueMax, queueTimeoutMs });
}

/** A request that records what it was told. */
export class FakeRequest implements Waiter {
  readonly lane: TenantLane;
  readonly clientAddress: string;
  readonly internal: boolean;
  readonly ruleIndex: number;
  deadlineMs = 0;
  waitsIn: ClientQueue | null = null;
  tried: Endpoint[] | null = null;
  queueBefore: Waiter | null = null;
  queueAfter: Waiter | null = null;
  endpoint: Endpoint | null = null;
  refusal: QueueRefusal | null = null;
  onGranted: () => void = () => undefined;

  constructor(
    lane: TenantLane,
    clientAddress = "192.0.2.1",
    kind: "ordinary" | "internal" = "ordinary",
    rule: RuleName = "app",
  ) {
    this.lane = lane;
    this.clientAddress = clientAddress;
    this.internal = kind === "internal";
    this.ruleIndex = ruleNames.indexOf(rule);
  }

  granted(endpoint: Endpoint): void {
    this.endpoint = endpoint;
    this.onGranted();
  }

  refused(code: QueueRefusal): void {
    this.refusal = code;
  }
}

/**
 * A pool whose clock, names and checks the test holds. `dns` maps hostnames to addresses, a missing one fails; `checks`
 * says by IP address what a check finds, `fine` when it says nothing; `log` has every event as a line.
 */
export class UpstreamWorld {
  nowMs = 1_000_000;
  random = 0.5;
  readonly dns = new Map<string, readonly string[] | Promise<readonly string[]>>();
  readonly checks = new Map<string, CheckOutcome | Promise<CheckOutcome>>();
  /** Names that were looked up, in order. */
  readonly lookups: string[] = [];
  readonly log: string[] = [];
  readonly pool: UpstreamPool;

  constructor(workers: number, endpoints: readonly PlannedEndpoint[], upstream: UpstreamSettings = settings) {
    this.pool = new UpstreamPool(plannedPool(workers, endpoints), upstream, {
      clock: { nowMs: () => this.nowMs, epochMs: () => this.nowMs },
      random: () => this.random,
      resolve: async (hostname) => {
        this.lookups.push(hostname);
        return this.dns.get(hostname) ?? Promise.reject(new Error("unknown name"));
      },
      check: async (endpoint) => {
        this.log.push(`asked ${endpoint.label}`);
        return this.checks.get(endpoint.ip) ?? "fine";
      },
      events: {
        added: (endpoint) => this.log.push(`added ${endpoint.label}`),
        removed: (endpoint) => this.log.push(`removed ${endpoint.label}`),
        unresolved: (hostname) => this.log.push(`unresolved ${hostname}`),
        addressRefused: (hostname, ip) => this.log.push(`address refused ${hostname} ${ip}`),
        ejected: (endpoint, fault, forMs) => this.log.push(`ejected ${endpoint.label} ${fault} ${forMs}`),
        restored: (endpoint) => this.log.push(`restored ${endpoint.label}`),
        checked: (endpoint, outcome) => this.log.push(`checked ${endpoint.label} ${outcome}`),
      },
    });
  }

  /** Moves time on, sweeps, and lets what the sweep began (fake checks and lookups) come to its end. */
  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    this.pool.sweep(this.nowMs);
    await settled();
  }

  /** Asks for a slot and notes the endpoint, so that the test need not. */
  acquire(request: FakeRequest): string {
    const outcome = this.pool.acquire(request);
    if (typeof outcome === "string") return outcome;
    request.endpoint = outcome;
    return outcome.label;
  }

  release(request: FakeRequest): void {
    const endpoint = request.endpoint!;
    request.endpoint = null;
    this.pool.release(request, endpoint);
  }

  /** The log since it was last taken. */
  taken(): string[] {
    return this.log.splice(0);
  }
}

export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
