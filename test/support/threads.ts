/** An edge of several threads for tests. What is told comes from the threads' own program, as in a serving process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { ThreadWord } from "../../src/cli/serve/thread-words.ts";
import { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import type { OverloadChange } from "../../src/router/overload.ts";
import { allocateProcess, type ProcessMemory } from "../../src/router/threads/process-memory.ts";
import type { ThreadWords } from "../../src/router/threads/scheduler.ts";
import type { ThreadEvents } from "../../src/router/threads/seats.ts";
import { ThreadedEdge } from "../../src/router/threads/threaded-edge.ts";
import { noPoolEvents } from "../../src/router/upstream/pool-deps.ts";
import { planOf, type TestEdge, type TestEdgeOptions } from "./edge.ts";

export const program = new URL("../../src/cli/serve/thread.ts", import.meta.url);
/** Set by `two-threads.ts`. */
export const THREADS_VARIABLE = "HOSTWARD_TEST_THREADS";

/** How many threads each edge of this file has that needs no clock or sensors of the test: see `two-threads.ts`. */
export function threadsOfFile(): number {
  return Number(process.env[THREADS_VARIABLE] ?? 1);
}

/** Which program the next threads run, and how long one may answer nothing. */
export interface ThreadPrograms {
  next: URL;
  readonly stuckMs?: number;
  /** What a thread knows besides its birth. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A test's edge of several threads, and the threads. */
export interface ThreadedTestEdge extends TestEdge {
  readonly edge: ThreadedEdge;
  /** By part, the first is 1: the thread that serves there now. */
  readonly workers: ReadonlyMap<number, Worker>;
  /** What became of threads, in order. */
  readonly told: readonly string[];
  /** Connections that the thread of a part has accepted, its predecessors' included. */
  acceptedBy(part: number): Promise<number>;
}

/** `programs` may be changed while the edge runs. */
export async function startThreads(
  { catalog, mode }: TestEdgeOptions,
  threads: number,
  programs: ThreadPrograms = { next: program },
): Promise<ThreadedTestEdge> {
  const folder = mkdtempSync(join(tmpdir(), "hostward-test-"));
  const memory = allocateProcess(threads);
  const metrics = new EdgeMetrics({ others: memory.metrics.slice(1) });
  const heard = new Heard();
  const workers = new Map<number, Worker>();
  const edge = await ThreadedEdge.start(planOf(folder, catalog), {
    memory,
    metrics,
    mode: mode ?? "edge",
    poolEvents: () => noPoolEvents,
    words: heard,
    events: heard,
    settings: { access: true, audit: false },
    ...(programs.stuckMs === undefined ? {} : { stuckMs: programs.stuckMs }),
    spawn(birth) {
      const worker = new Worker(programs.next, { workerData: { ...birth, ...programs.data } });
      workers.set(birth.part, worker);
      return worker;
    },
  });
  return {
    edge,
    metrics,
    port: edge.addresses[0]!.port,
    ...{ lines: heard.accessLines, faults: heard.faults, overloads: heard.overloads, told: heard.told },
    workers,
    acceptedBy: (part) => acceptedIn(memory, part),
    reload: (next) => edge.swap(planOf(folder, next)),
    async close() {
      edge.cut();
      await edge.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function acceptedIn({ metrics }: ProcessMemory, part: number): Promise<number> {
  const read = new EdgeMetrics({ others: [metrics[part]!] });
  const { values } = await read.registry.getSingleMetric("hostward_connections_accepted_total")!.get();
  return values[0]!.value;
}

/** What threads say, and what becomes of them. */
class Heard implements ThreadWords, ThreadEvents {
  readonly accessLines: Record<string, unknown>[] = [];
  readonly faults: { step: string; cause: unknown }[] = [];
  readonly overloads: OverloadChange[] = [];
  readonly told: string[] = [];

  lines(_stream: string, bytes: Uint8Array): void {
    const lines = new TextDecoder().decode(bytes).split("\n").slice(0, -1);
    for (const line of lines) this.accessLines.push(JSON.parse(line));
  }

  heard(what: unknown): void {
    const word = what as ThreadWord;
    if (word.of !== "event") return;
    if (word.event === "fault") this.faults.push({ step: String(word.fields.step), cause: word.fields.err });
    if (word.event === "overload_changed") this.overloads.push(word.fields as unknown as OverloadChange);
  }

  died(part: number): void {
    this.told.push(`died ${part}`);
  }

  replaced(part: number): void {
    this.told.push(`replaced ${part}`);
  }

  failed(part: number): void {
    this.told.push(`failed ${part}`);
  }

  fault(cause: unknown): void {
    this.faults.push({ step: "-", cause });
  }
}
