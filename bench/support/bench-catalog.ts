/** Catalogs of the bench, without the Edge document. JSON is YAML, and quicker to read. */

import type { LoadTarget } from "./load.ts";

interface BenchPool {
  readonly name: string;
  readonly workerPort: number;
}

const apiVersion = "hostward.dev/v1alpha1";
type Scope = "Local" | "Global";

function tier(scope: Scope): unknown {
  const unlimited = { perClient: { requests: 1_000_000, unit: "Second" }, scope };
  return {
    apiVersion,
    kind: "Tier",
    metadata: { name: "bench" },
    spec: {
      isolation: "Shared",
      rpc: "bound",
      limits: { app: unlimited, login: unlimited, rpc: unlimited },
      concurrency: { inFlight: 10_000, queue: 10_000 },
    },
  };
}

function pool({ name, workerPort }: BenchPool): unknown {
  return {
    apiVersion,
    kind: "WorkerPool",
    metadata: { name, namespace: "odoo-v18" },
    spec: {
      odoo: "18.0",
      service: { name, httpPort: 8069, realtimePort: 8072 },
      dbfilter: "^%h$",
      workers: 64,
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

/** A catalog of tenants 0 to `count`, shared out to the pools in turn; limits are too high to refuse anything. */
export function benchCatalog(pools: readonly BenchPool[], count: number, scope: Scope = "Local"): string {
  const tenants = Array.from({ length: count }, (_, i) => ({
    apiVersion,
    kind: "Tenant",
    metadata: { name: `t${i}` },
    spec: { hostname: hostOf(i), pool: pools[i % pools.length]!.name, tier: "bench" },
  }));
  return [tier(scope), ...pools.map(pool), ...tenants].map((document) => `${JSON.stringify(document)}\n`).join("---\n");
}
