import type { BenchCase } from "../support/bench-case.ts";
import { benchCatalog, targetOf } from "../support/bench-catalog.ts";
import { compareSides } from "../support/compare.ts";
import { type Side, startBenchWorker, startEdgeSide } from "../support/sides.ts";

const TENANTS = 100_000;
/** Every 97th of the tenants is asked for, so that look-ups fall all over the table. */
const STRIDE = 97;

/** CPU per request with one tenant and with 100,000. */
export const lookup: BenchCase = {
  name: "lookup",
  doc: "CPU per request with 100,000 tenants against one",
  async run() {
    await using stack = new AsyncDisposableStack();
    const worker = await startBenchWorker({ name: "worker", keepAlive: true });
    stack.defer(worker.close);
    const pools = [{ name: "worker", workerPort: worker.port }];
    const baseline = await startEdgeSide("1 tenant", benchCatalog(pools, 1));
    stack.defer(baseline.close);
    const candidate = await startEdgeSide("100,000 tenants", benchCatalog(pools, TENANTS));
    stack.defer(candidate.close);
    const all = Array.from({ length: Math.floor(TENANTS / STRIDE) }, (_, i) => targetOf(i * STRIDE, ["worker"]));
    const targetsOf = (side: Side) => (side === baseline ? [targetOf(0, ["worker"])] : all);
    return await compareSides({ baseline, candidate, targetsOf, rounds: 15, requestsPerRound: 20_000, max: 1.05 });
  },
};
