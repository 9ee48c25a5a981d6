import { setTimeout as sleep } from "node:timers/promises";
import type { BenchCase, Figure } from "../support/bench-case.ts";
import { benchCatalog, targetOf } from "../support/bench-catalog.ts";
import { residentMiB } from "../support/processes.ts";
import { errorsOf, runLoad, startBenchWorker, startEdgeSide } from "../support/sides.ts";

const WARM_UP = 100_000;
const TENANTS = 100;
/** Shares of a million requests after which memory is read. */
const phases = [
  { share: "10%", requests: 100_000 },
  { share: "50%", requests: 400_000 },
  { share: "100%", requests: 500_000 },
];

async function heapMiB(telemetryPort: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${telemetryPort}/metrics`)).text();
  return Number(/^nodejs_heap_used_bytes (\S+)/m.exec(metrics)?.[1]) / 2 ** 20;
}

/** The least heap that was seen while `work` ran: what is left just after a collection. */
async function heapFloorMiB(telemetryPort: number, work: Promise<unknown>): Promise<number> {
  let floor = Number.POSITIVE_INFINITY;
  let running = true;
  const ended = work.finally(() => {
    running = false;
  });
  while (running) {
    floor = Math.min(floor, await heapMiB(telemetryPort));
    await sleep(100);
  }
  await ended;
  return floor;
}

/** Memory of the edge over a million requests. */
export const memory: BenchCase = {
  name: "memory",
  doc: "resident memory after 10%, 50% and 100% of 1,000,000 requests to 100 tenants",
  async run() {
    await using stack = new AsyncDisposableStack();
    const worker = await startBenchWorker({ name: "worker", keepAlive: true });
    stack.defer(worker.close);
    const edge = await startEdgeSide("hostward", benchCatalog([{ name: "worker", workerPort: worker.port }], TENANTS));
    stack.defer(edge.close);
    const targets = Array.from({ length: TENANTS }, (_, i) => targetOf(i, ["worker"]));
    const load = (requests: number) => runLoad({ port: edge.port, targets, connections: 32, requests });
    await load(WARM_UP);
    const resident: Figure[] = [];
    const heap: Figure[] = [];
    for (const { share, requests } of phases) {
      const loading = load(requests);
      const floor = await heapFloorMiB(edge.telemetryPort, loading);
      const errors = errorsOf(await loading);
      resident.push({ name: `resident memory at ${share}`, value: residentMiB(edge.pid), unit: "MiB", errors });
      heap.push({ name: `heap after collection, up to ${share}`, value: floor, unit: "MiB", errors });
    }
    const errors = resident.reduce((sum, figure) => sum + figure.errors, 0);
    const growth = (figures: readonly Figure[]) => figures[2]!.value / figures[0]!.value;
    return {
      figures: [...resident, ...heap],
      gates: [
        { name: "resident memory, 100% / 10%", value: growth(resident), unit: "x", errors, max: 1.25 },
        { name: "heap after collection, 100% / 10%", value: growth(heap), unit: "x", errors, max: 1.1 },
      ],
    };
  },
};
