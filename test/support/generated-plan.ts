import type { Plan, PlannedTenant } from "../../src/plan/types.ts";

const unlimited = {
  perTenant: null,
  perClient: null,
  perLogin: null,
  scope: "Local",
  consistency: "Hybrid",
  failureMode: "Local",
} as const;

/** A plan of one pool, one tier and as many tenants, `t0` onwards. Not compiled: for what only shows a plan. */
export function generatedPlan(tenants: number): Plan {
  return {
    hash: "c0ffee",
    edge: {
      name: "edge",
      listeners: [{ name: "http", address: "127.0.0.1", port: 8080, protocol: "HTTP", externalPort: 8080 }],
      telemetry: { address: "127.0.0.1", port: 9902 },
      admin: { address: "127.0.0.1", port: 9901 },
      trustedProxies: [],
      internalClients: [],
      gateway: { name: "edge", namespace: "edge", className: "envoy" },
      productionGuard: "Deny",
      extAuth: { service: "hostward", port: 8080, bodyBytesMax: 8 * 2 ** 20, timeoutMs: 10_000 },
      http: {
        headFieldsMax: 100,
        headBytesMax: 61_440,
        headTimeoutMs: 10_000,
        idleTimeoutMs: 60_000,
        writeTimeoutMs: 30_000,
        chunkLineBytesMax: 1024,
        responseBytesMax: 8 * 2 ** 20,
        responseBudgetBytes: 256 * 2 ** 20,
        interimResponsesMax: 10,
        connectionsMax: 10_000,
      },
      bodies: { memoryBytesMax: 1 << 20, memoryBudgetBytes: 1 << 28, diskBudgetBytes: 1 << 30, directory: "" },
      upstream: {
        connectTimeoutMs: 2000,
        ejectAfter: 5,
        ejectBaseMs: 1000,
        ejectMaxMs: 30_000,
        checkIntervalMs: 5000,
        checkTimeoutMs: 2000,
        checkPath: "/web/health",
        dnsRefreshMs: 5000,
        idleTimeoutMs: 5000,
        idlePerEndpointMax: 8,
      },
      realtime: { idleTimeoutMs: 3_600_000, closeJitterMs: 5000 },
      overload: { eventLoopDelayMs: 250, memoryBytesMax: 0, startShare: 0.8 },
      redis: null,
    },
    pools: [
      {
        name: "odoo-18",
        namespace: "odoo-v18",
        odoo: "18.0",
        odooMajor: 18,
        dbfilter: "^%h$",
        service: { name: "worker-odoo", httpPort: 8069, realtimePort: 8072, guardPort: 8068 },
        workers: 8,
        endpoints: [],
      },
    ],
    tiers: [
      {
        name: "pro",
        isolation: "Shared",
        rpc: "bound",
        requestTimeoutMs: 720_000,
        bodyBytesMax: 1 << 27,
        bodyTimeoutMs: 300_000,
        limits: { rpc: unlimited, login: unlimited, realtime: unlimited, static: unlimited, app: unlimited },
        failedLogins: {
          enabled: true,
          delayAfter: 3,
          blockAfter: 10,
          clientBlockAfter: 40,
          loginBlockAfter: 20,
          blockBaseMs: 30_000,
          blockMaxMs: 3_600_000,
          forgetAfterMs: 3_600_000,
        },
        inFlightMax: 16,
        inFlightByRuleMax: { rpc: null, login: null, static: null, app: null },
        weight: 1,
        queueMax: 512,
        queueTimeoutMs: 10_000,
        socketsPerTenantMax: 2000,
        socketsPerClientMax: 20,
        surfaceOpen: [],
      },
    ],
    tenants: Array.from({ length: tenants }, (_, i) => tenant(`t${i}`)),
  };
}

function tenant(name: string): PlannedTenant {
  return {
    name,
    hostname: `${name}.example`,
    aliases: [],
    database: `${name}.example`,
    pool: 0,
    tier: 0,
    state: "Active",
    access: { allow: [], deny: [] },
    origins: [],
    formerDatabases: [],
    guardExempt: [],
  };
}
