/**
 * A running edge for tests, in this process, on ports of its own. With several threads where the test asks for them, or the
 * whole file does (`withThreads`).
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import { accessLine } from "../../src/metrics/access-line.ts";
import { EdgeMetrics } from "../../src/metrics/edge-metrics.ts";
import { checkCatalog } from "../../src/plan/check.ts";
import { Edge } from "../../src/router/edge.ts";
import type { LoadSensors } from "../../src/router/load-sensors.ts";
import type { Mode } from "../../src/router/modes.ts";
import type { OverloadChange } from "../../src/router/overload.ts";
import type { RunningEdge } from "../../src/router/running-edge.ts";
import { noPoolEvents } from "../../src/router/upstream/pool-deps.ts";
import { startThreads, threadsOfFile } from "./threads.ts";

export interface TestEdge {
  readonly edge: RunningEdge;
  readonly metrics: EdgeMetrics;
  readonly port: number;
  /** Access lines so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  /** Faults of the edge's own so far; a test that expects none checks that it stays empty. */
  readonly faults: readonly { readonly step: string; readonly cause: unknown }[];
  /** Changes of overload so far. */
  readonly overloads: readonly OverloadChange[];
  /** Puts another catalog into service. */
  reload(catalog: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestEdgeOptions {
  readonly catalog: string;
  readonly clock?: Clock;
  readonly mode?: Mode;
  readonly sensors?: Partial<LoadSensors>;
  /** One where it is left out, or what `two-threads.ts` says. Clocks and sensors are not handed to other threads. */
  readonly threads?: number;
}

/** Starts an edge for a catalog in YAML; listeners with port 0 get a free one. */
export async function startTestEdge(options: TestEdgeOptions): Promise<TestEdge> {
  const handed = options.clock !== undefined || options.sensors !== undefined;
  const threads = options.threads ?? (handed ? 1 : threadsOfFile());
  return threads === 1 ? startOneThread(options) : startThreads(options, threads);
}

async function startOneThread(options: TestEdgeOptions): Promise<TestEdge> {
  const folder = mkdtempSync(join(tmpdir(), "hostward-test-"));
  const metrics = new EdgeMetrics();
  const lines: Record<string, unknown>[] = [];
  const faults: { step: string; cause: unknown }[] = [];
  const overloads: OverloadChange[] = [];
  const edge = await Edge.start(planOf(folder, options.catalog), {
    metrics,
    reporter: {
      finished: (record) => {
        metrics.finished(record);
        lines.push(JSON.parse(accessLine(record)));
      },
      fault: (step, cause) => faults.push({ step, cause }),
      overload: (change) => overloads.push(change),
    },
    poolEvents: () => noPoolEvents,
    mode: options.mode ?? "edge",
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.sensors === undefined ? {} : { sensors: options.sensors }),
  });
  return {
    edge,
    metrics,
    port: edge.addresses[0]!.port,
    lines,
    faults,
    overloads,
    reload: (catalog) => edge.swap(planOf(folder, catalog)),
    async close() {
      edge.cut();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function planOf(folder: string, catalog: string) {
  const file = join(folder, "catalog.yaml");
  writeFileSync(file, catalog);
  const { plan, problems } = checkCatalog([file]);
  if (plan === undefined) throw new Error(problems.map((problem) => problem.message).join("\n"));
  return plan;
}
