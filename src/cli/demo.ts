import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { demoCatalogPath } from "../demo/catalog.ts";
import { demoTries } from "../demo/tries.ts";
import { type DemoWorkers, startDemoWorkers } from "../demo/worker.ts";
import { checkCatalog } from "../plan/check.ts";
import type { Plan } from "../plan/types.ts";
import { CommandError, messageOf } from "./command-error.ts";
import { type Serving, serve } from "./serve/serve.ts";

/** Serves the demo until a signal says stop; returns the exit code. */
export async function demo(edgePort: number): Promise<number> {
  const plan = demoPlan();
  const workers = await Promise.all(plan.pools.map((pool) => startWorkers(pool, plan)));
  const folder = mkdtempSync(join(tmpdir(), "hostward-demo-"));
  const overlay = join(folder, "ports.yaml");
  writeFileSync(overlay, overlayOf(plan, workers, edgePort));
  // Only what goes wrong is told, and not where: the answers that curl prints are the demo.
  const logs = { access: "off", audit: "off", level: "warn" } as const;
  const layers = [demoCatalogPath, overlay];
  const options = { layers, mode: "edge", threads: 1, watch: true, logs, graceMs: 0, deadlineMs: 5_000 } as const;
  try {
    return await serve(options, (serving) => process.stdout.write(welcome(plan, serving, edgePort)));
  } catch (cause) {
    throw portTaken(cause, edgePort);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await Promise.all(workers.map((group) => group.close()));
  }
}

function demoPlan(): Plan {
  const { plan } = checkCatalog([demoCatalogPath]);
  if (plan === undefined) throw new Error(`the catalog in ${demoCatalogPath} has errors`);
  return plan;
}

/** Workers of one pool, on free ports. Every group can open all databases: what keeps them apart is the edge alone. */
function startWorkers({ odoo, dbfilter, workers }: Plan["pools"][number], { tenants }: Plan): Promise<DemoWorkers> {
  return startDemoWorkers({ odoo, dbfilter, workers, databases: tenants.map((tenant) => tenant.database) });
}

/** A second layer that says where everything really listens. */
function overlayOf({ edge, pools }: Plan, workers: readonly DemoWorkers[], edgePort: number): string {
  const document = (kind: string, name: string, spec: unknown): string =>
    JSON.stringify({ apiVersion: "hostward.dev/v1alpha1", kind, metadata: { name }, spec });
  const free = { address: "127.0.0.1", port: 0 };
  const listeners = [{ name: "http", address: "127.0.0.1", port: edgePort, protocol: "HTTP" }];
  const endpoints = workers.map(({ httpPort, realtimePort }) => [{ address: "127.0.0.1", httpPort, realtimePort }]);
  const documents = [
    document("Edge", edge.name, { listeners, telemetry: free, admin: free }),
    ...pools.map((pool, i) => document("WorkerPool", pool.name, { endpoints: endpoints[i] })),
  ];
  return `${documents.join("\n---\n")}\n`;
}

function portTaken(cause: unknown, edgePort: number): unknown {
  const system = cause instanceof CommandError ? (cause.cause as NodeJS.ErrnoException | undefined) : undefined;
  if (system?.code !== "EADDRINUSE") return cause;
  const other = edgePort < 65_535 ? edgePort + 1 : 8080;
  return new CommandError(messageOf(cause), `choose another one: \`hostward demo --port ${other}\``, { cause });
}

function welcome({ tenants, pools }: Plan, { telemetryPort, adminPort }: Serving, edgePort: number): string {
  const style = (format: "bold" | "dim", text: string) => styleText(format, text, { stream: process.stdout });
  const tries = demoTries(edgePort).map(
    ({ title, curl, status, expect }) =>
      `${style("bold", title)}\n  ${curl}\n  ${style("dim", `${status}: ${expect}`)}\n`,
  );
  return `An edge for ${tenants.length} tenants before ${pools.length} pools of stand-in Odoo workers is running.

  browser    http://acme.localhost:${edgePort}/web/login
  metrics    http://127.0.0.1:${telemetryPort}/metrics
  admin      http://127.0.0.1:${adminPort}/tenants
  catalog    ${demoCatalogPath} (edit it: changes take effect at once)

What to try, in another terminal, and what the edge answers:

${tries.join("\n")}
Ctrl-C stops it.
`;
}
