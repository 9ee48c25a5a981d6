import type { Catalog, EdgeDocument, PoolDocument, TenantDocument, TierDocument } from "../catalog/schema.ts";
import { deepFreeze } from "./freeze.ts";
import { hashPlan } from "./hash.ts";
import type { Plan, PlannedEdge, PlannedPool, PlannedTenant, PlannedTier, RedisSettings, RuleLimits } from "./types.ts";

// A pool without `workers` bounds nothing: no address has more connections than ports.
const WORKERS_UNBOUNDED = 65_535;

/**
 * The plan of a catalog: pure, sorted by name and frozen, with a hash of what it says.
 *
 * The same documents give the same bytes, whatever the files and the order that they stand in. The catalog must have
 * passed `loadCatalog`: names that refer to nothing throw.
 */
export function compilePlan(catalog: Catalog): Plan {
  const pools = byName(catalog.pools);
  const tiers = byName(catalog.tiers);
  const poolIndex = indexByName(pools);
  const tierIndex = indexByName(tiers);
  const content = {
    edge: planEdge(catalog.edge),
    pools: pools.map(planPool),
    tiers: tiers.map(planTier),
    tenants: byName(catalog.tenants).map((tenant) => planTenant(tenant, poolIndex, tierIndex)),
  };
  return deepFreeze({ hash: hashPlan(content), ...content });
}

type Named = { readonly metadata: { readonly name: string } };

/** By name in code units: never by locale, which differs between machines. */
function byName<T extends Named>(documents: readonly T[]): T[] {
  return documents.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function indexByName(documents: readonly Named[]): ReadonlyMap<string, number> {
  return new Map(documents.map((document, i) => [document.metadata.name, i]));
}

function indexOf(index: ReadonlyMap<string, number>, name: string): number {
  const found = index.get(name);
  if (found === undefined) throw new Error(`no document is named ${name}: the catalog was not checked`);
  return found;
}

function planEdge({ metadata, spec }: EdgeDocument): PlannedEdge {
  const { listeners, telemetry, admin, trustedProxies, internalClients, gateway, productionGuard, extAuth } = spec;
  const { http, bodies, upstream, realtime, overload, redis } = spec;
  return {
    name: metadata.name,
    listeners: listeners.map(({ name, address, port, protocol, externalPort = port }) => ({
      name,
      address,
      port,
      protocol,
      externalPort,
    })),
    telemetry,
    admin,
    trustedProxies,
    internalClients,
    gateway,
    productionGuard,
    extAuth: {
      service: extAuth.service,
      port: extAuth.port,
      bodyBytesMax: extAuth.bodyMax,
      timeoutMs: extAuth.timeout,
    },
    http: {
      headFieldsMax: http.headFieldsMax,
      headBytesMax: http.headBytesMax,
      headTimeoutMs: http.headTimeout,
      idleTimeoutMs: http.idleTimeout,
      writeTimeoutMs: http.writeTimeout,
      responseBytesMax: http.responseMax,
      responseBudgetBytes: http.responseBudget,
      chunkLineBytesMax: http.chunkLineBytesMax,
      interimResponsesMax: http.interimResponsesMax,
      connectionsMax: http.connectionsMax,
    },
    bodies: {
      memoryBytesMax: bodies.memoryMax,
      memoryBudgetBytes: bodies.memoryBudget,
      diskBudgetBytes: bodies.diskBudget,
      directory: bodies.directory,
    },
    upstream: {
      connectTimeoutMs: upstream.connectTimeout,
      ejectAfter: upstream.ejectAfter,
      ejectBaseMs: upstream.ejectBase,
      ejectMaxMs: upstream.ejectMax,
      checkIntervalMs: upstream.checkInterval,
      checkTimeoutMs: upstream.checkTimeout,
      checkPath: upstream.checkPath,
      dnsRefreshMs: upstream.dnsRefresh,
      idleTimeoutMs: upstream.idleTimeout,
      idlePerEndpointMax: upstream.idlePerEndpointMax,
    },
    realtime: { idleTimeoutMs: realtime.idleTimeout, closeJitterMs: realtime.closeJitter },
    overload: {
      eventLoopDelayMs: overload.eventLoopDelay,
      memoryBytesMax: overload.memory,
      startShare: overload.start / 100,
    },
    redis: redis === undefined ? null : planRedis(redis),
  };
}

function planRedis(redis: NonNullable<EdgeDocument["spec"]["redis"]>): RedisSettings {
  return {
    topology: redis.topology,
    addresses: redis.addresses,
    masterName: redis.masterName ?? "",
    username: redis.username ?? "",
    password: redis.password ?? null,
    sentinelUsername: redis.sentinelUsername ?? "",
    sentinelPassword: redis.sentinelPassword ?? null,
    secret: redis.secret ?? null,
    tls: redis.tls === undefined ? null : { caFile: redis.tls.caFile, serverName: redis.tls.serverName ?? "" },
    database: redis.database,
    keyPrefix: redis.keyPrefix,
    budgetMs: redis.budget,
    syncIntervalMs: redis.syncInterval,
    connectTimeoutMs: redis.connectTimeout,
  };
}

function planPool({ metadata, spec }: PoolDocument): PlannedPool {
  const { name, httpPort, realtimePort = httpPort, guardPort } = spec.service;
  return {
    name: metadata.name,
    namespace: metadata.namespace,
    odoo: spec.odoo,
    odooMajor: Number.parseInt(spec.odoo, 10),
    dbfilter: spec.dbfilter,
    service: { name, httpPort, realtimePort, guardPort },
    workers: spec.workers ?? WORKERS_UNBOUNDED,
    endpoints: spec.endpoints.map((endpoint) => ({
      address: endpoint.address,
      httpPort: endpoint.httpPort,
      realtimePort: endpoint.realtimePort ?? endpoint.httpPort,
    })),
  };
}

function planTier({ metadata, spec }: TierDocument): PlannedTier {
  const { limits } = spec;
  return {
    name: metadata.name,
    isolation: spec.isolation,
    rpc: spec.rpc,
    requestTimeoutMs: spec.timeouts.request,
    bodyBytesMax: spec.body.max,
    bodyTimeoutMs: spec.timeouts.body,
    limits: {
      rpc: planLimits(limits.rpc),
      login: planLimits(limits.login),
      realtime: planLimits(limits.realtime),
      static: planLimits(limits.static),
      app: planLimits(limits.app),
    },
    failedLogins: planFailedLogins(spec.failedLogins),
    inFlightMax: spec.concurrency.inFlight,
    inFlightByRuleMax: {
      rpc: spec.concurrency.rules.rpc ?? null,
      login: spec.concurrency.rules.login ?? null,
      static: spec.concurrency.rules.static ?? null,
      app: spec.concurrency.rules.app ?? null,
    },
    weight: spec.concurrency.weight,
    queueMax: spec.concurrency.queue,
    queueTimeoutMs: spec.concurrency.queueTimeout,
    socketsPerTenantMax: spec.sockets.perTenant,
    socketsPerClientMax: spec.sockets.perClient,
    surfaceOpen: spec.deny.allow,
  };
}

function planFailedLogins(written: TierDocument["spec"]["failedLogins"]): PlannedTier["failedLogins"] {
  const { enabled, delayAfter, blockAfter, clientBlockAfter, loginBlockAfter } = written;
  return {
    enabled,
    delayAfter,
    blockAfter,
    clientBlockAfter,
    loginBlockAfter,
    blockBaseMs: written.blockBase,
    blockMaxMs: written.blockMax,
    forgetAfterMs: written.forgetAfter,
  };
}

type WrittenLimits = TierDocument["spec"]["limits"]["app" | "login"];

function planLimits(written: WrittenLimits): RuleLimits {
  const { perTenant = null, perClient = null, scope, consistency, failureMode } = written;
  const perLogin = "perLogin" in written ? (written.perLogin ?? null) : null;
  return { perTenant, perClient, perLogin, scope, consistency, failureMode };
}

function planTenant(
  { metadata, spec }: TenantDocument,
  pools: ReadonlyMap<string, number>,
  tiers: ReadonlyMap<string, number>,
): PlannedTenant {
  return {
    name: metadata.name,
    hostname: spec.hostname,
    aliases: spec.aliases,
    database: spec.database ?? spec.hostname,
    pool: indexOf(pools, spec.pool),
    tier: indexOf(tiers, spec.tier),
    state: spec.state,
    access: spec.access,
    origins: spec.origins,
    formerDatabases: spec.formerDatabases,
    guardExempt: spec.guard.exempt,
  };
}
