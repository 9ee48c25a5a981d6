import { corpusHosts } from "./corpora.ts";
import { startTestEdge } from "./edge.ts";
import { checkPath, type Lane } from "./lane.ts";
import { startRecordingWorker } from "./recording-worker.ts";

function laneCatalog(workerPort: number): string {
  const limits = "{ perClient: { requests: 100000, unit: Second } }";
  const tenants = Object.entries(corpusHosts).map(
    ([name, hostname]) => `---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: ${name} }
spec: { hostname: ${hostname}, pool: odoo-18, tier: open }
`,
  );
  return `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: lane }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: 0, protocol: HTTP, externalPort: 80 } ]
  telemetry: { address: 127.0.0.1, port: 0 }
  admin: { address: 127.0.0.1, port: 0 }
  upstream: { checkPath: ${checkPath} }
---
apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: odoo-18, namespace: odoo-v18 }
spec:
  odoo: "18.0"
  service: { name: worker-odoo, httpPort: 8069, realtimePort: 8072 }
  dbfilter: "^%h$"
  workers: 8
  endpoints: [ { address: 127.0.0.1, httpPort: ${workerPort}, realtimePort: ${workerPort} } ]
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: open }
spec:
  isolation: Shared
  rpc: bound
  limits: { app: ${limits}, login: ${limits}, rpc: ${limits} }
${tenants.join("")}`;
}

/** Starts an edge with the corpora's tenants in front of an echoing worker. */
export async function openEdgeLane(): Promise<Lane> {
  const worker = await startRecordingWorker();
  const edge = await startTestEdge({ catalog: laneCatalog(worker.port) });
  return {
    port: edge.port,
    worker,
    forwarded: () => edge.lines.filter(({ endpoint }) => endpoint !== "").length,
    async close() {
      await edge.close();
      await worker.close();
    },
  };
}
