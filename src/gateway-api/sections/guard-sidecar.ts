/** The guard beside the workers: a kustomize component for each pool, which the workers' own kustomization includes. */
import { formatDurationMs, formatQuantityBytes } from "../../core/units.ts";
import type { PlannedEdge, PlannedPool, PlannedTenant, PlannedTier } from "../../plan/types.ts";
import type { GatewayFacts } from "../facts.ts";
import type { Manifest, ManifestFile } from "../manifest.ts";
import { namespacedMeta } from "../metadata.ts";
import { nameOf } from "../names.ts";
import { managedBy } from "../tree/marker.ts";

const CATALOG_API = "hostward.dev/v1alpha1";
/** Tenants in one ConfigMap, which may hold 1 MiB. */
const TENANTS_MAX = 1500;
const CATALOG_FOLDER = "/etc/hostward";
const TELEMETRY_PORT = 9902;
/** A pool that sets no number of workers has more in the plan than a catalog may say. */
const WORKERS_MAX = 10_000;

/** For every pool its component: ConfigMaps with its part of the catalog, the container, and the Service's port. */
export function guardComponents(facts: GatewayFacts): ManifestFile[] {
  if (facts.guard !== "Sidecar") return [];
  return facts.plan.pools.flatMap((pool) => component(facts, pool));
}

function component(facts: GatewayFacts, pool: PlannedPool): ManifestFile[] {
  const folder = `components/guard-${pool.name}`;
  const catalogs = catalogMaps(facts, pool);
  const kustomization: Manifest = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    metadata: { name: nameOf(pool.name, "guard"), labels: { [managedBy.key]: managedBy.value } },
    resources: ["catalog.yaml"],
    patches: [
      {
        target: { kind: "Deployment", name: pool.service.name },
        patch: JSON.stringify(deployment(facts, pool, catalogs)),
      },
      { target: { kind: "Service", name: pool.service.name }, patch: JSON.stringify(servicePort(pool)) },
    ],
  };
  return [
    { path: `${folder}/kustomization.yaml`, manifests: [kustomization] },
    { path: `${folder}/catalog.yaml`, manifests: catalogs },
  ];
}

/** Strategic merge patch: one container more in the workers' pods. */
function deployment(facts: GatewayFacts, pool: PlannedPool, catalogs: readonly Manifest[]) {
  const container = {
    name: "hostward-guard",
    image: `hostward:${facts.generator.replace("hostward-", "")}`,
    args: ["serve", "--guard-only", "-c", CATALOG_FOLDER],
    ports: [
      { name: "guard", containerPort: pool.service.guardPort },
      { name: "telemetry", containerPort: TELEMETRY_PORT },
    ],
    readinessProbe: { httpGet: { path: "/ready", port: "telemetry" } },
    livenessProbe: { httpGet: { path: "/live", port: "telemetry" } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true },
    volumeMounts: [
      { name: "hostward-catalog", mountPath: CATALOG_FOLDER, readOnly: true },
      { name: "hostward-bodies", mountPath: "/tmp" },
    ],
  };
  const sources = catalogs.map(({ metadata }, i) => ({
    configMap: { name: metadata.name, items: [{ key: "catalog.yaml", path: `${i}.yaml` }] },
  }));
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: pool.service.name },
    spec: {
      template: {
        spec: {
          containers: [container],
          volumes: [
            { name: "hostward-catalog", projected: { sources } },
            { name: "hostward-bodies", emptyDir: {} },
          ],
        },
      },
    },
  };
}

/** Strategic merge patch: the port that routes lead to. */
function servicePort({ service }: PlannedPool) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: service.name },
    spec: { ports: [{ name: "guard", port: service.guardPort, targetPort: "guard" }] },
  };
}

/** The pool's part of the catalog, as the guard reads it: the edge, the pool on loopback, its tiers and tenants. */
function catalogMaps(facts: GatewayFacts, pool: PlannedPool): Manifest[] {
  const own = facts.tenants.filter((of) => of.pool === pool);
  const tiers = [...new Set(own.map(({ tier }) => tier))];
  const head = [edgeDocument(facts, pool), poolDocument(pool), ...tiers.map(tierDocument)];
  const tenants = own.map(({ tenant, tier }) => tenantDocument(tenant, pool, tier));
  const count = Math.max(1, Math.ceil(tenants.length / TENANTS_MAX));
  return Array.from({ length: count }, (_, i) => {
    const documents = [...(i === 0 ? head : []), ...tenants.slice(i * TENANTS_MAX, (i + 1) * TENANTS_MAX)];
    return {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: namespacedMeta(facts, nameOf(pool.name, `guard-${i + 1}`), pool.namespace),
      data: { "catalog.yaml": documents.map((document) => `---\n${JSON.stringify(document)}\n`).join("") },
    };
  });
}

function edgeDocument(facts: GatewayFacts, pool: PlannedPool) {
  const { name, http, bodies, internalClients, realtime, upstream } = facts.plan.edge;
  return {
    apiVersion: CATALOG_API,
    kind: "Edge",
    metadata: { name },
    spec: {
      listeners: [
        { name: "guard", address: "0.0.0.0", port: pool.service.guardPort, externalPort: facts.externalPort },
      ],
      telemetry: { address: "0.0.0.0", port: TELEMETRY_PORT },
      admin: { address: "127.0.0.1", port: 9901 },
      // Their calls must not wait for the worker that waits for them.
      internalClients,
      http: httpSpec(http),
      bodies: {
        memoryMax: formatQuantityBytes(bodies.memoryBytesMax),
        memoryBudget: formatQuantityBytes(bodies.memoryBudgetBytes),
        diskBudget: formatQuantityBytes(bodies.diskBudgetBytes),
      },
      upstream: upstreamSpec(upstream),
      realtime: {
        idleTimeout: formatDurationMs(realtime.idleTimeoutMs),
        closeJitter: formatDurationMs(realtime.closeJitterMs),
      },
    },
  };
}

/** How the workers on loopback are connected to and watched; no name of theirs is looked up. */
function upstreamSpec(upstream: PlannedEdge["upstream"]) {
  return {
    connectTimeout: formatDurationMs(upstream.connectTimeoutMs),
    ejectAfter: upstream.ejectAfter,
    ejectBase: formatDurationMs(upstream.ejectBaseMs),
    ejectMax: formatDurationMs(upstream.ejectMaxMs),
    checkInterval: formatDurationMs(upstream.checkIntervalMs),
    checkTimeout: formatDurationMs(upstream.checkTimeoutMs),
    checkPath: upstream.checkPath,
    idleTimeout: formatDurationMs(upstream.idleTimeoutMs),
    idlePerEndpointMax: upstream.idlePerEndpointMax,
  };
}

/** The bounds on a head and a response; how many connections there may be is Envoy's to say. */
function httpSpec(http: PlannedEdge["http"]) {
  return {
    headFieldsMax: http.headFieldsMax,
    headBytesMax: formatQuantityBytes(http.headBytesMax),
    headTimeout: formatDurationMs(http.headTimeoutMs),
    idleTimeout: formatDurationMs(http.idleTimeoutMs),
    writeTimeout: formatDurationMs(http.writeTimeoutMs),
    responseMax: formatQuantityBytes(http.responseBytesMax),
    responseBudget: formatQuantityBytes(http.responseBudgetBytes),
    chunkLineBytesMax: formatQuantityBytes(http.chunkLineBytesMax),
    interimResponsesMax: http.interimResponsesMax,
    connectionsMax: http.connectionsMax,
  };
}

function poolDocument({ name, namespace, odoo, dbfilter, service, workers }: PlannedPool) {
  const { httpPort, realtimePort } = service;
  return {
    apiVersion: CATALOG_API,
    kind: "WorkerPool",
    metadata: { name, namespace },
    spec: {
      odoo,
      dbfilter,
      ...(workers > WORKERS_MAX ? {} : { workers }),
      endpoints: [{ address: "127.0.0.1", httpPort, realtimePort }],
    },
  };
}

function tierDocument(tier: PlannedTier) {
  return {
    apiVersion: CATALOG_API,
    kind: "Tier",
    metadata: { name: tier.name },
    spec: {
      rpc: tier.rpc,
      timeouts: { request: formatDurationMs(tier.requestTimeoutMs), body: formatDurationMs(tier.bodyTimeoutMs) },
      body: { max: formatQuantityBytes(tier.bodyBytesMax) },
      concurrency: {
        inFlight: tier.inFlightMax,
        rules: Object.fromEntries(Object.entries(tier.inFlightByRuleMax).filter(([, cap]) => cap !== null)),
        weight: tier.weight,
        queue: tier.queueMax,
        queueTimeout: formatDurationMs(tier.queueTimeoutMs),
      },
      sockets: { perTenant: tier.socketsPerTenantMax, perClient: tier.socketsPerClientMax },
      deny: { allow: tier.surfaceOpen },
    },
  };
}

function tenantDocument(tenant: PlannedTenant, pool: PlannedPool, tier: PlannedTier) {
  const { name, hostname, database, state, formerDatabases, guardExempt } = tenant;
  return {
    apiVersion: CATALOG_API,
    kind: "Tenant",
    metadata: { name },
    spec: {
      hostname,
      database,
      pool: pool.name,
      tier: tier.name,
      state,
      formerDatabases,
      guard: { exempt: guardExempt },
    },
  };
}
