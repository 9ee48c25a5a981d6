import { startRedis } from "../../test/support/redis.ts";
import type { BenchCase } from "../support/bench-case.ts";
import { benchCatalog, targetOf } from "../support/bench-catalog.ts";
import { compareSides } from "../support/compare.ts";
import { startBenchWorker, startEdgeSide } from "../support/sides.ts";

const TENANTS = 100;

/** CPU per request with limits that processes share, against the same limits in this process alone. */
export const limitsHybrid: BenchCase = {
  name: "limits-hybrid",
  doc: "CPU per request with limits shared in a Redis (Hybrid), against local ones",
  async run() {
    await using stack = new AsyncDisposableStack();
    const worker = await startBenchWorker({ name: "worker", keepAlive: true });
    stack.defer(worker.close);
    const redis = await startRedis();
    stack.defer(() => redis.close());
    const pools = [{ name: "worker", workerPort: worker.port }];
    const store = `  redis: { addresses: [ "${redis.address}" ] }\n`;
    const settings = { externalPort: 80, trustedProxies: [], more: store };
    const baseline = await startEdgeSide("Local", benchCatalog(pools, TENANTS), settings);
    stack.defer(baseline.close);
    const candidate = await startEdgeSide("Global", benchCatalog(pools, TENANTS, "usual", "Global"), settings);
    stack.defer(candidate.close);
    const targets = Array.from({ length: TENANTS }, (_, i) => targetOf(i, ["worker"]));
    const load = { rounds: 15, requestsPerRound: 20_000, max: 1.03 };
    return await compareSides({ baseline, candidate, targetsOf: () => targets, ...load });
  },
};
