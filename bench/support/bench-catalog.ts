/** Catalogs of the bench, without the Edge document. JSON is YAML, and quicker to read. */

import type { LoadTarget } from "./load.ts";

interface BenchPool {
  readonly name: string;
  readonly workerPort: number;
  readonly workers?: number;
}

const apiVersion = "hostward.dev/v1alpha1";
type Scope = "Local" | "Global";

const unlimited = { perClient: { requests: 1_000_000, unit: "Second" } };
const unlimitedTwice = { ...unlimited, perTenant: { requests: 1_000_000, unit: "Second" } };

/** `all`: also address lists of each tenant, and both limits on every rule. */
export type BenchPolicies = "usual" | "all";

const limits = {
  usual: { app: unlimited, login: unlimited, rpc: unlimited },
  all: {
    app: unlimitedTwice,
    login: unlimitedTwice,
    rpc: unlimitedTwice,
    static: unlimitedTwice,
    realtime: unlimitedTwice,
  },
} as const;

const access = { usual: {}, all: { access: { allow: ["127.0.0.0/8"], deny: ["192.0.2.66/32"] } } } as const;

function tier(policies: BenchPolicies, scope: Scope = "Local") {
  const scoped = Object.entries(limits[policies]).map(([rule, written]) => [rule, { ...written, scope }]);
  return {
    apiVersion,
    kind: "Tier",
    metadata: { name: "bench" },
    spec: {
      isolation: "Shared",
      rpc: "bound",
      limits: Object.fromEntries(scoped),
      concurrency: { inFlight: 10_000, queue: 10_000 },
    },
  };
}

function pool({ name, workerPort, workers = 64 }: BenchPool): unknown {
  return {
    apiVersion,
    kind: "WorkerPool",
    metadata: { name, namespace: "odoo-v18" },
    spec: {
      odoo: "18.0",
      service: { name, httpPort: 8069, realtimePort: 8072 },
      dbfilter: "^%h$",
      workers,
      endpoints: [{ address: "127.0.0.1", httpPort: workerPort, realtimePort: workerPort }],
    },
  };
}

/** Hostname of the bench's tenant `i`. */
export function hostOf(i: number): string {
  return `t${i}.bench.example`;
}

/** How to ask for tenant `i`, whose pool is one of `pools` in turn, and what the right answer begins with. */
export function targetOf(i: number, pools: readonly string[]): LoadTarget {
  const host = hostOf(i);
  return { host, stamp: `${pools[i % pools.length]} ${host}\n` };
}

/**
 * A catalog of tenants 0 to a count, or with these hostnames, shared out to the pools in turn; limits are too high to refuse
 * anything, and those that are shared count in the Edge's store.
 */
export function benchCatalog(
  pools: readonly BenchPool[],
  wanted: number | readonly string[],
  policies: BenchPolicies = "usual",
  scope: Scope = "Local",
): string {
  const hostnames = typeof wanted === "number" ? Array.from({ length: wanted }, (_, i) => hostOf(i)) : wanted;
  const tenants = hostnames.map((hostname, i) => ({
    apiVersion,
    kind: "Tenant",
    metadata: { name: `t${i}` },
    spec: { hostname, pool: pools[i % pools.length]!.name, tier: "bench", ...access[policies] },
  }));
  return [tier(policies, scope), ...pools.map(pool), ...tenants]
    .map((document) => `${JSON.stringify(document)}\n`)
    .join("---\n");
}

/** A catalog of two tenants in one pool, of which the second has a limit. */
export function floodCatalog(of: BenchPool, quietHost: string, floodHost: string, limit: unknown): string {
  const usual = tier("usual");
  const flood = {
    ...usual,
    metadata: { name: "flood" },
    spec: { ...usual.spec, limits: { app: { perTenant: limit }, static: { perTenant: limit } } },
  };
  const tenant = (name: string, hostname: string, of: string, pool: string) => ({
    apiVersion,
    kind: "Tenant",
    metadata: { name },
    spec: { hostname, pool, tier: of },
  });
  const tenants = [tenant("quiet", quietHost, "bench", of.name), tenant("flood", floodHost, "flood", of.name)];
  return [usual, flood, pool(of), ...tenants].map((document) => `${JSON.stringify(document)}\n`).join("---\n");
}
