import type { BenchCase } from "../support/bench-case.ts";
import { benchCatalog, targetOf } from "../support/bench-catalog.ts";
import { compareSides } from "../support/compare.ts";
import { allCores } from "../support/processes.ts";
import { startBenchWorker, startEdgeSide } from "../support/sides.ts";

const TENANTS = 100;

/**
 * What a request costs two threads that share their counts, against one. Both may use every core, so that the threads run
 * side by side and what they share travels between the cores; the client and the worker run there, too.
 */
export const threads: BenchCase = {
  name: "threads",
  doc: "CPU per request with two threads, against one, worker keeps connections, 32 connections, GET 1 KiB",
  async run() {
    await using stack = new AsyncDisposableStack();
    const worker = await startBenchWorker({ name: "worker", keepAlive: true });
    stack.defer(worker.close);
    const catalog = benchCatalog([{ name: "worker", workerPort: worker.port }], TENANTS);
    const settings = { externalPort: 80, trustedProxies: [], cores: allCores };
    const baseline = await startEdgeSide("1 thread", catalog, { ...settings, flags: ["--threads", "1"] });
    stack.defer(baseline.close);
    const candidate = await startEdgeSide("2 threads", catalog, { ...settings, flags: ["--threads", "2"] });
    stack.defer(candidate.close);
    const targets = Array.from({ length: TENANTS }, (_, i) => targetOf(i, ["worker"]));
    const load = { rounds: 11, requestsPerRound: 40_000, max: 1.15 };
    return await compareSides({ baseline, candidate, targetsOf: () => targets, ...load });
  },
};
