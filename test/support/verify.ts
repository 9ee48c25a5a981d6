/** What the tests of `verify` share: two tenants, and an edge reached by address. */
import type { DemoWorkers } from "../../src/demo/worker.ts";
import type { Report } from "../../src/verify/run.ts";
import { targetOf } from "../../src/verify/target.ts";
import type { Target, Verdict } from "../../src/verify/types.ts";

/** Acme behind a port of loopback, with globex as the other tenant. */
export function targetAt(port: number): Target {
  return targetOf({
    scheme: "http",
    authority: "acme.localhost",
    port: 80,
    database: null,
    other: "globex.localhost",
    otherDatabase: null,
    connect: { host: "127.0.0.1", port },
    insecure: false,
  });
}

/** Both tenants before these workers, with the default limits but for the one that so many probes meet. */
export function catalogFor({ httpPort, realtimePort }: DemoWorkers, odoo: string): string {
  return `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: verified }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: 0, protocol: HTTP, externalPort: 80 } ]
  telemetry: { address: 127.0.0.1, port: 0 }
  admin: { address: 127.0.0.1, port: 0 }
---
apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: odoo, namespace: odoo }
spec:
  odoo: "${odoo}"
  service: { name: worker-odoo, httpPort: 8069, realtimePort: 8072 }
  dbfilter: "^%h$"
  workers: 4
  endpoints: [ { address: 127.0.0.1, httpPort: ${httpPort}, realtimePort: ${realtimePort} } ]
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: standard }
spec: { rpc: bound, limits: { rpc: { perClient: { requests: 1000, unit: Second } } } }
---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: acme }
spec: { hostname: acme.localhost, pool: odoo, tier: standard }
---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: globex }
spec: { hostname: globex.localhost, pool: odoo, tier: standard }
`;
}

/** The properties with one verdict, in alphabetical order. */
export function idsOf({ findings }: Report, verdict: Verdict): readonly string[] {
  return findings
    .filter((finding) => finding.verdict === verdict)
    .map(({ id }) => id)
    .toSorted();
}
