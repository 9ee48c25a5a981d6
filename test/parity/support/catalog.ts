/** A catalog of some twenty tenants in which every feature that production must share occurs. */

export interface ParityVariant {
  readonly guard: "Deny" | "Sidecar" | "ExtAuth" | "None";
  /** Port that clients see; 443 stands for a proxy in front that ends TLS, and is trusted. */
  readonly externalPort: 80 | 443 | 8443;
}

export interface ParityPool {
  readonly name: string;
  readonly odoo: string;
  readonly namespace: string;
  readonly service: string;
  readonly dbfilter: string;
  /** 0: threaded Odoo, all on the HTTP port. */
  readonly realtimePort: number;
}

export const HTTP_PORT = 8069;
export const GUARD_PORT = 8068;
export const EXT_AUTH_SERVICE = "hostward";
/** The pool of one tenant: its second endpoint is dead. */
export const OWN_SERVICE = "worker-own";
/** Nobody listens here. */
export const DEAD_PORT = 8067;
/** Client that counts as a worker that calls back, where a proxy in front says who asks. */
export const INTERNAL_CLIENT = "198.51.100.77";
/** Fields that a head may have where a proxy is in front: another limit than Envoy's. */
export const FEW_FIELDS = 80;

export const parityPools: readonly ParityPool[] = [
  pool("odoo-14", "14.0", "odoo-v14", 0, "^%h$"),
  pool("odoo-15", "15.0", "odoo-v15", 8072, "^%d$"),
  pool("odoo-17", "17.0", "odoo-v17", 8072, "^%h$"),
  pool("odoo-18", "18.0", "odoo-v18", 8072, "^%h$"),
  pool("odoo-18-own", "18.0", "odoo-v18", 8072, "^%h$", OWN_SERVICE),
  pool("odoo-19", "19.0", "odoo-v19", 8072, "^%h$"),
];

function pool(
  name: string,
  odoo: string,
  namespace: string,
  realtimePort: number,
  dbfilter: string,
  service = "worker-odoo",
): ParityPool {
  return { name, odoo, namespace, service, dbfilter, realtimePort };
}

/** The listeners of the Node edge: a second one where a proxy is in front, which production does not have. */
export function parityListeners(externalPort: number, port: number): string {
  const more =
    externalPort === 443
      ? `, { name: more, address: 127.0.0.1, port: ${port === 0 ? 0 : port + 1}, externalPort: 443 }`
      : "";
  return `[ { name: http, address: 127.0.0.1, port: ${port}, externalPort: ${externalPort} }${more} ]`;
}

/** The catalog as YAML. `addressOf` says where each pool's worker listens, `store` where edges count together. */
export function parityCatalog(
  { guard, externalPort }: ParityVariant,
  addressOf: (pool: ParityPool) => string,
  listeners = parityListeners(externalPort, 8080),
  store = "127.0.0.1:6379",
): string {
  const proxied = externalPort === 443;
  const edge = `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: parity }
spec:
  listeners: ${listeners}
  telemetry: { address: 127.0.0.1, port: 9902 }
  admin: { address: 127.0.0.1, port: 9901 }
  trustedProxies: ${proxied ? "[ 127.0.0.1/32 ]" : "[]"}
  internalClients: ${proxied ? `[ ${INTERNAL_CLIENT}/32 ]` : "[]"}
  productionGuard: ${guard}
  extAuth: { service: ${EXT_AUTH_SERVICE}, bodyMax: 256Ki }
  http: { headTimeout: 3s, writeTimeout: 2s, headFieldsMax: ${proxied ? FEW_FIELDS : 100} }
  upstream: { checkPath: /lane-check }
  redis: { addresses: [ "${store}" ], budget: 2s }
`;
  return [edge, ...parityPools.map((pool) => poolDocument(pool, addressOf(pool))), tiers, tenants].join("---\n");
}

function poolDocument({ name, odoo, namespace, service, dbfilter, realtimePort }: ParityPool, address: string): string {
  const realtime = realtimePort === 0 ? "" : `, realtimePort: ${realtimePort}`;
  return `apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  odoo: "${odoo}"
  service: { name: ${service}, httpPort: ${HTTP_PORT}${realtime}, guardPort: ${GUARD_PORT} }
  dbfilter: '${dbfilter}'
  workers: 64
  endpoints: [ { address: ${address}, httpPort: ${HTTP_PORT}${realtime} }${service === OWN_SERVICE ? `, { address: ${address}, httpPort: ${DEAD_PORT}${realtime} }` : ""} ]
`;
}

const high = "{ perClient: { requests: 100000, unit: Second } }";
const highLimits = `{ app: ${high}, login: ${high}, rpc: ${high} }`;

/** Workers of this run answer a login 200, which is a failed one. */
const uncounted = "failedLogins: { enabled: false }";
const fewFailures = "failedLogins: { delayAfter: 1000, blockAfter: 2, clientBlockAfter: 2 }";

const asked = "scope: Global, consistency: Strict";

const tiers = `apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: open }
spec: { limits: ${highLimits}, ${uncounted}, timeouts: { body: 10s }, concurrency: { inFlight: 1000 }, sockets: { perClient: 1000 } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: basic }
spec: { rpc: "off", body: { max: 64Ki }, limits: ${highLimits}, ${uncounted}, timeouts: { body: 1s } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: staging }
spec: { limits: ${highLimits}, ${uncounted}, timeouts: { body: 10s }, deny: { allow: [/web/tests, /web/set_profiling] } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: hasty }
spec: { limits: ${highLimits}, ${uncounted}, timeouts: { request: 500ms, body: 10s } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: own }
spec: { isolation: Dedicated, limits: ${highLimits}, ${uncounted}, timeouts: { body: 10s } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: narrow }
spec: { limits: ${highLimits}, ${fewFailures}, timeouts: { body: 10s }, concurrency: { inFlight: 1, queue: 0 }, sockets: { perClient: 1 } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: limited }
spec:
  timeouts: { body: 10s }
  limits:
    app: { perTenant: { requests: 30, unit: Hour }, perClient: { requests: 10, unit: Hour } }
    login: { perClient: { requests: 3, unit: Hour } }
    rpc: { perTenant: { requests: 5, unit: Hour } }
    static: { perClient: { requests: 4, unit: Hour, burst: 8 } }
    realtime: { perClient: { requests: 3, unit: Hour, burst: 1 } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: shared }
spec:
  ${uncounted}
  timeouts: { body: 10s }
  limits:
    app: { perTenant: { requests: 12, unit: Hour }, perClient: { requests: 5, unit: Hour }, ${asked} }
    static: { perClient: { requests: 5, unit: Second }, ${asked}, failureMode: Closed }
    realtime: { perClient: { requests: 3, unit: Hour }, ${asked} }
    login: { perClient: { requests: 30, unit: Hour }, perLogin: { requests: 10, unit: Hour }, ${asked} }
`;

function tenant(name: string, spec: string): string {
  return `apiVersion: hostward.dev/v1alpha1\nkind: Tenant\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`;
}

/** Twenty aliases: more hostnames than one HTTPRoute can have. */
const manyAliases = Array.from({ length: 20 }, (_, i) => `{ hostname: m${i}.example.net, mode: Rewrite }`).join(", ");

/** As long as names get. */
export const longName = `long-${"n".repeat(58)}`;

const tenants = [
  tenant("acme", "hostname: acme.example.com, pool: odoo-18, tier: open"),
  tenant("globex", "hostname: globex.example.com, pool: odoo-18, tier: open"),
  tenant("buecher", "hostname: xn--bcher-kva.example.com, pool: odoo-18, tier: open"),
  tenant(
    "recorded-acme",
    "hostname: acme.planapulse.app, pool: odoo-17, tier: open, aliases: [ { hostname: www.acme.planapulse.app, mode: Rewrite } ]",
  ),
  tenant("recorded-globex", "hostname: globex.planapulse.app, pool: odoo-17, tier: open"),
  tenant(
    "initech",
    "hostname: initech.example.com, pool: odoo-18, tier: open, access: { deny: [ 127.0.0.3/32 ] }, aliases: [ { hostname: old.initech.example.net, mode: Redirect }, { hostname: shop.initech.example.net, mode: Rewrite } ], origins: [ 'https://partner.example' ]",
  ),
  tenant("many", `hostname: many.example.com, pool: odoo-18, tier: open, aliases: [ ${manyAliases} ]`),
  tenant("suspended", "hostname: suspended.example.com, pool: odoo-18, tier: open, state: Suspended"),
  tenant(
    "maintained",
    "hostname: maintained.example.com, pool: odoo-18, tier: open, state: Maintenance, access: { deny: [ 127.0.0.3/32 ] }",
  ),
  tenant(
    "office",
    "hostname: office.example.com, pool: odoo-18, tier: open, access: { allow: [ 127.0.0.0/8 ], deny: [ 127.0.0.3/32 ] }",
  ),
  tenant(
    "inside",
    "hostname: inside.example.com, pool: odoo-18, tier: open, access: { allow: [ 127.0.0.2/32, '::1/128' ] }",
  ),
  tenant("basic", "hostname: basic.example.com, pool: odoo-18, tier: basic"),
  tenant("staging", "hostname: staging.example.com, pool: odoo-18, tier: staging"),
  tenant("hasty", "hostname: hasty.example.com, pool: odoo-18, tier: hasty"),
  tenant("own", "hostname: own.example.com, pool: odoo-18-own, tier: own"),
  tenant("old14", "hostname: old14.example.com, pool: odoo-14, tier: open"),
  tenant("old15", "hostname: old15.example.com, database: old15, pool: odoo-15, tier: open"),
  tenant("new19", "hostname: new19.example.com, pool: odoo-19, tier: open"),
  tenant("moved", "hostname: moved.example.com, pool: odoo-17, tier: open, formerDatabases: [ moved-v15, moved-v16 ]"),
  tenant(
    "forms",
    "hostname: forms.example.com, pool: odoo-18, tier: open, guard: { exempt: [ { path: /my-form, names: [ db, database ] } ] }",
  ),
  tenant("narrow", "hostname: narrow.example.com, pool: odoo-18, tier: narrow"),
  tenant("limited", "hostname: limited.example.com, pool: odoo-18, tier: limited"),
  tenant("shared", "hostname: shared.example.com, pool: odoo-18, tier: shared"),
  tenant(
    longName,
    "hostname: long.example.com, pool: odoo-18, tier: open, aliases: [ { hostname: l.example.net, mode: Redirect } ]",
  ),
].join("---\n");
