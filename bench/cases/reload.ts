import type { BenchCase } from "../support/bench-case.ts";
import { benchCatalog, hostOf, targetOf } from "../support/bench-catalog.ts";
import type { LoadResult } from "../support/load.ts";
import { type BenchWorker, errorsOf, runLoad, startBenchWorker, startEdgeSide, untilServed } from "../support/sides.ts";

const RELOADS = 20;
const REQUESTS_MIN = 50_000;
const REQUESTS_PER_BATCH = 10_000;
const TENANTS = 100;

/** Reloads under load: nothing may fail and nothing may reach another tenant's worker. */
export const reload: BenchCase = {
  name: "reload",
  doc: "20 reloads, each seen to take effect, during at least 50,000 keep-alive requests to 100 tenants of two pools",
  async run() {
    await using stack = new AsyncDisposableStack();
    const workers: BenchWorker[] = [];
    for (const name of ["odd", "even"]) {
      const worker = await startBenchWorker({ name, keepAlive: true });
      stack.defer(worker.close);
      workers.push(worker);
    }
    const names = workers.map(({ name }) => name);
    const catalog = (tenants: number) =>
      benchCatalog(
        workers.map(({ name, port }) => ({ name, workerPort: port })),
        tenants,
      );
    const edge = await startEdgeSide("hostward", catalog(TENANTS));
    stack.defer(edge.close);

    let reloads = 0;
    const reloading = (async () => {
      for (; reloads < RELOADS; reloads++) {
        await edge.rewrite(catalog(TENANTS + reloads + 1));
        await untilServed(edge, hostOf(TENANTS + reloads));
      }
    })();
    const targets = Array.from({ length: TENANTS }, (_, i) => targetOf(i, names));
    const batches: LoadResult[] = [];
    const loading = (async () => {
      while (reloads < RELOADS || batches.length * REQUESTS_PER_BATCH < REQUESTS_MIN) {
        batches.push(await runLoad({ port: edge.port, targets, connections: 32, requests: REQUESTS_PER_BATCH }));
      }
    })();
    await Promise.race([reloading, loading]);
    await Promise.all([reloading, loading]);

    const total = (count: (batch: LoadResult) => number) => batches.map(count).reduce((a, b) => a + b, 0);
    const errors = total(errorsOf);
    return {
      figures: [
        { name: "reloads", value: reloads, unit: "count", errors },
        { name: "requests meanwhile", value: total(({ requests }) => requests), unit: "count", errors },
      ],
      gates: [
        {
          name: "failed or refused requests",
          value: total(({ failed, refused }) => failed + refused),
          unit: "count",
          errors,
          max: 0,
        },
        { name: "misrouted requests", value: total(({ misrouted }) => misrouted), unit: "count", errors, max: 0 },
      ],
    };
  },
};
