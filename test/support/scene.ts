/** An edge between workers that record and clients on raw sockets; a scene ends only when nothing is left of it. */
import t, { type Test } from "tap";
import type { Clock } from "../../src/core/clock.ts";
import type { MetricName } from "../../src/metrics/table.ts";
import type { LoadSensors } from "../../src/router/load-sensors.ts";
import type { Mode } from "../../src/router/modes.ts";
import { startTestEdge, type TestEdge } from "./edge.ts";
import { LiveClient, until } from "./live-client.ts";
import { metricSum, untilCalm } from "./metric-sum.ts";
import {
  answer,
  echoScript,
  type RecordingWorker,
  startRecordingWorker,
  type WorkerScript,
} from "./recording-worker.ts";

/** What a scene's catalog says; each is the inside of a YAML flow mapping. */
export interface SceneCatalog {
  readonly edge?: string;
  readonly pool?: string;
  readonly poolName?: string;
  readonly tier?: string;
  /** Its pool, too. */
  readonly tenant?: string;
  readonly odoo?: string;
  /** Further documents. */
  readonly more?: string;
  /** HTTP and realtime ports of each endpoint, in place of the worker's own. */
  readonly endpoints?: (workerPort: number) => readonly (readonly [http: number, realtime: number])[];
  readonly listeners?: string;
}

export interface SceneSetup extends SceneCatalog {
  readonly script?: WorkerScript;
  readonly clock?: Clock;
  readonly mode?: Mode;
  readonly sensors?: Partial<LoadSensors>;
  /** Steps whose faults the scene is about. */
  readonly faults?: readonly string[];
}

/** A catalog with the tenant `acme` at `acme.example`. */
export function sceneCatalog(catalog: SceneCatalog, workerPort: number): string {
  const ports = catalog.endpoints?.(workerPort) ?? [[workerPort, workerPort]];
  const endpoints = ports.map(
    ([http, realtime]) => `{ address: 127.0.0.1, httpPort: ${http}, realtimePort: ${realtime} }`,
  );
  const listeners = catalog.listeners ?? "{ name: http, address: 127.0.0.1, port: 0, externalPort: 80 }";
  return `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: scene }
spec: { listeners: [ ${listeners} ], ${catalog.edge ?? ""} }
---
apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: ${catalog.poolName ?? "odoo"}, namespace: odoo }
spec: { odoo: "${catalog.odoo ?? "18.0"}", dbfilter: "^%h$", endpoints: [ ${endpoints.join(", ")} ], ${catalog.pool ?? "workers: 8"} }
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: tier }
spec: { ${catalog.tier ?? ""} }
---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: acme }
spec: { hostname: acme.example, tier: tier, ${catalog.tenant ?? "pool: odoo"} }
${catalog.more === undefined ? "" : `---\n${catalog.more}`}`;
}

/** A second pool, of one endpoint. */
export function poolDocument(name: string, workerPort: number): string {
  return `apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: ${name}, namespace: ${name} }
spec: { odoo: "18.0", dbfilter: "^%h$", workers: 8, endpoints: [ { address: 127.0.0.1, httpPort: ${workerPort} } ] }
`;
}

/** A second tenant, at `NAME.example`. */
export function tenantDocument(name: string, spec = "pool: odoo, tier: tier"): string {
  return `apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: ${name} }
spec: { hostname: ${name}.example, ${spec} }
`;
}

export class Scene {
  readonly worker: RecordingWorker;
  readonly edge: TestEdge;
  readonly #clients: LiveClient[] = [];

  constructor(worker: RecordingWorker, edge: TestEdge) {
    this.worker = worker;
    this.edge = edge;
  }

  async client(): Promise<LiveClient> {
    const client = await LiveClient.open(this.edge.port);
    this.#clients.push(client);
    return client;
  }

  /** Sends one request on a connection of its own and waits for its answer. */
  async ask(bytes: string | Buffer, method = "GET") {
    const client = await this.client();
    const [response] = await client.send(bytes).responses(1, [method]);
    client.socket.destroy();
    return response!;
  }

  /** The requests that reached the worker, over all connections. */
  get arrived() {
    const all = this.worker.connections.flatMap(({ requests }) => requests);
    return all.filter(({ target }) => target !== checkPath);
  }

  /** Waits for the `index`th access line. */
  async line(index: number): Promise<Record<string, unknown>> {
    await until(`access line ${index}`, () => this.edge.lines.length > index);
    return this.edge.lines[index]!;
  }

  async codes(count: number): Promise<unknown[]> {
    await this.line(count - 1);
    return this.edge.lines.map(({ code }) => code);
  }

  /** The sum of a metric's series that have these labels. */
  metric(name: MetricName, labels: Record<string, string> = {}): Promise<number> {
    return metricSum(this.edge.metrics, name, labels);
  }

  /** Waits until nothing is open, held or waiting; rejects, naming it, when something stays. */
  async calm(): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await untilCalm(this.edge.metrics);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await this.edge.close();
    await this.worker.close();
  }
}

const checkPath = "/web/health";

/** The edge's own checks are answered, whatever the scene does to its requests. */
export function answeringChecks(script: WorkerScript): WorkerScript {
  return {
    onHead: (head) => (head.target === checkPath ? answer(200, "", "close") : script.onHead?.(head)),
    onRequest: (request) => script.onRequest(request),
  };
}

/** One test with a scene of its own; ends with the proof that all was given back and no fault happened. */
export function scenario(rule: string, setup: SceneSetup, play: (scene: Scene, t: Test) => Promise<void>): void {
  t.test(rule, async (t) => {
    const worker = await startRecordingWorker(answeringChecks(setup.script ?? echoScript));
    const { clock, sensors, mode = "edge" } = setup;
    const catalog = sceneCatalog(setup, worker.port);
    const scene = new Scene(
      worker,
      await startTestEdge({
        catalog,
        mode,
        ...(clock === undefined ? {} : { clock }),
        ...(sensors === undefined ? {} : { sensors }),
      }),
    );
    try {
      await play(scene, t);
      await scene.calm();
      const steps = scene.edge.faults.map(({ step }) => step);
      t.strictSame(steps, setup.faults ?? [], "no other fault");
    } finally {
      await scene.close();
    }
  });
}
