/** The recorded platform: TLS ends in front, two tenants of Odoo 17, `www.` as a second name of one. */
export function trafficCatalog(workerPort: number): string {
  return `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: recorded }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: 0, protocol: HTTP, externalPort: 443 } ]
  telemetry: { address: 127.0.0.1, port: 0 }
  admin: { address: 127.0.0.1, port: 0 }
  trustedProxies: [ 127.0.0.1/32 ]
---
${trafficTenants(workerPort)}`;
}

/** The same without the Edge document. */
export function trafficTenants(workerPort: number): string {
  const limits = "{ perClient: { requests: 100000, unit: Second } }";
  return `apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: odoo-17, namespace: odoo-v17 }
spec:
  odoo: "17.0"
  service: { name: worker-odoo, httpPort: 8069, realtimePort: 8072 }
  dbfilter: "^%h$"
  workers: 64
  endpoints: [ { address: 127.0.0.1, httpPort: ${workerPort}, realtimePort: ${workerPort} } ]
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: open }
spec:
  isolation: Shared
  rpc: bound
  limits: { app: ${limits}, login: ${limits}, rpc: ${limits} }
  concurrency: { inFlight: 1000, queue: 10000 }
  sockets: { perTenant: 2000, perClient: 2000 }
---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: acme }
spec:
  hostname: acme.planapulse.app
  aliases: [ { hostname: www.acme.planapulse.app, mode: Rewrite } ]
  pool: odoo-17
  tier: open
---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: globex }
spec: { hostname: globex.planapulse.app, pool: odoo-17, tier: open }
`;
}
