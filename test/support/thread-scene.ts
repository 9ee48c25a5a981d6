/** An edge of two threads between workers that record and clients of which it is known which thread serves them. */
import t, { type Test } from "tap";
import type { MetricName } from "../../src/metrics/table.ts";
import { LiveClient, until } from "./live-client.ts";
import { metricSum, untilCalm } from "./metric-sum.ts";
import { echoScript, type RecordingWorker, startRecordingWorker } from "./recording-worker.ts";
import { answeringChecks, type SceneSetup, sceneCatalog } from "./scene.ts";
import { startThreads, type ThreadedTestEdge } from "./threads.ts";

const PARTS = [1, 2] as const;
export type Part = (typeof PARTS)[number];
/** The kernel chooses the thread by the client's port: so many in a row are never of one thread. */
const TRIES_MAX = 60;

export class ThreadScene {
  readonly worker: RecordingWorker;
  readonly edge: ThreadedTestEdge;
  readonly #spare = new Map<Part, LiveClient[]>(PARTS.map((part) => [part, []]));
  readonly #all: LiveClient[] = [];

  constructor(worker: RecordingWorker, edge: ThreadedTestEdge) {
    this.worker = worker;
    this.edge = edge;
  }

  /** A new connection that is served by the thread of this part. */
  async clientOf(part: Part): Promise<LiveClient> {
    for (let i = 0; i < TRIES_MAX; i++) {
      const spare = this.#spare.get(part)!.pop();
      if (spare === undefined) await this.#connect();
      else if (spare.ended === "") return spare; // else its thread is gone
    }
    throw new Error(`no connection came to thread ${part}`);
  }

  /** As many connections of each thread, one of the first, one of the second, and so on. */
  async clients(ofEach: number): Promise<LiveClient[]> {
    const clients: LiveClient[] = [];
    for (let i = 0; i < ofEach; i++) for (const part of PARTS) clients.push(await this.clientOf(part));
    return clients;
  }

  /** The requests that reached the worker, checks left out. */
  get arrived() {
    return this.worker.connections.flatMap(({ requests }) => requests).filter(({ target }) => target !== "/web/health");
  }

  /** The sum of a metric's series that have these labels. */
  metric(name: MetricName, labels: Record<string, string> = {}): Promise<number> {
    return metricSum(this.edge.metrics, name, labels);
  }

  /** Waits until nothing is open, held or waiting in any thread. */
  async calm(): Promise<void> {
    this.leave();
    await untilCalm(this.edge.metrics);
  }

  /** All clients end their connections. */
  leave(): void {
    for (const client of this.#all) client.socket.destroy();
  }

  async #connect(): Promise<void> {
    const before = await Promise.all(PARTS.map((part) => this.edge.acceptedBy(part)));
    const client = await LiveClient.open(this.edge.port);
    this.#all.push(client);
    let taken: Part | undefined;
    await until("a thread took the connection", async () => {
      const now = await Promise.all(PARTS.map((part) => this.edge.acceptedBy(part)));
      taken = PARTS.find((_part, i) => now[i]! > before[i]!);
      return taken !== undefined;
    });
    this.#spare.get(taken!)!.push(client);
  }
}

/** One test with an edge of two threads; ends with the proof that all was given back and no fault happened. */
export function threadScenario(
  rule: string,
  setup: SceneSetup,
  play: (scene: ThreadScene, t: Test) => Promise<void>,
): void {
  t.test(rule, async (t) => {
    const worker = await startRecordingWorker(answeringChecks(setup.script ?? echoScript));
    const edge = await startThreads({ catalog: sceneCatalog(setup, worker.port) }, PARTS.length);
    const scene = new ThreadScene(worker, edge);
    try {
      await play(scene, t);
      await scene.calm();
      t.strictSame(edge.faults, [], "no fault");
    } finally {
      scene.leave();
      await edge.close();
      await worker.close();
    }
  });
}
