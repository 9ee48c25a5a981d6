/** A catalog of a platform with many tenants, as YAML of the kind that operators write. */

const POOLS = ["14.0", "16.0", "17.0", "18.0"];
const TIERS = ["basic", "pro", "enterprise"];
/** Every so many-th tenant has address lists. */
const ACCESS_EVERY = 20;

/** A tenant that differs from what its number alone makes of it. */
export interface ChangedTenant {
  readonly index: number;
  readonly tier?: string;
  readonly access?: string;
}

/** Name of tenant `index`; its hostname begins with it. */
export function scaleTenant(index: number): string {
  return `customer-${index}`;
}

/** Tier of tenant `index`, where nothing is changed. */
export function scaleTier(index: number): string {
  return TIERS[index % TIERS.length]!;
}

/** An Edge, four pools, three tiers, and tenants 0 to `count` with an alias each. */
export function scaleCatalog(count: number, changed?: ChangedTenant): string {
  const tenants = Array.from({ length: count }, (_, index) =>
    tenantDocument(changed?.index === index ? changed : { index }),
  );
  return [edge, ...POOLS.map(poolDocument), ...TIERS.map(tierDocument), ...tenants].join("---\n");
}

const apiVersion = "apiVersion: hostward.dev/v1alpha1";

const edge = `${apiVersion}
kind: Edge
metadata:
  name: scale
spec:
  listeners: [ { name: http, address: 0.0.0.0, port: 8080, externalPort: 443 } ]
  trustedProxies: [ 10.0.0.0/8 ]
  productionGuard: Deny
`;

function poolDocument(odoo: string): string {
  return `${apiVersion}
kind: WorkerPool
metadata:
  name: ${poolName(odoo)}
  namespace: ${poolName(odoo)}
spec:
  odoo: "${odoo}"
  service: { name: worker-odoo, httpPort: 8069, realtimePort: 8072 }
  dbfilter: "^%h$"
  workers: 64
  endpoints: [ { address: 127.0.0.1, httpPort: 8069, realtimePort: 8072 } ]
`;
}

function poolName(odoo: string): string {
  return `odoo-v${Number(odoo)}`;
}

function tierDocument(name: string): string {
  return `${apiVersion}
kind: Tier
metadata:
  name: ${name}
spec:
  rpc: ${name === "basic" ? '"off"' : "bound"}
  limits:
    app: { perClient: { requests: 50, unit: Second } }
    login: { perClient: { requests: 10, unit: Minute } }
`;
}

function tenantDocument({ index, tier = scaleTier(index), access }: ChangedTenant): string {
  const own = index % ACCESS_EVERY === 0 ? "{ allow: [ 192.0.2.0/24 ], deny: [ 192.0.2.66/32 ] }" : undefined;
  const list = access ?? own;
  return `${apiVersion}
kind: Tenant
metadata:
  name: ${scaleTenant(index)}
spec:
  hostname: ${scaleTenant(index)}.example.com
  pool: ${poolName(POOLS[index % POOLS.length]!)}
  tier: ${tier}
  aliases:
    - hostname: www.${scaleTenant(index)}.example.net
      mode: Rewrite
${list === undefined ? "" : `  access: ${list}\n`}`;
}
