import type { BenchCase, Figure, Gate } from "../support/bench-case.ts";
import { benchCatalog, targetOf } from "../support/bench-catalog.ts";
import { compareSides } from "../support/compare.ts";
import { needEnvoy, startEnvoySide } from "../support/envoy-side.ts";
import { startNginxSide } from "../support/nginx-side.ts";
import { residentMiB } from "../support/processes.ts";
import { type Side, startBenchWorker } from "../support/sides.ts";

const FEW = 20;
const MANY = 200;
const load = { rounds: 7, requestsPerRound: 15_000 };

/** A gate's value without its limit. */
function ungated({ max: _, ...figure }: Gate): Figure {
  return figure;
}

/**
 * CPU per request of Envoy with the emitted manifests: it must not grow with the tenants that it knows. How many of them ask
 * in turn is another matter: each has regular expressions of its own, and where they do not fit the processor's cache
 * they come from memory.
 */
export const envoyTenants: BenchCase = {
  name: "envoy-tenants",
  doc: `CPU per request of Envoy, all policies on, ${MANY} tenants against ${FEW}, 32 connections, GET 1 KiB`,
  needs: needEnvoy,
  async run() {
    await using stack = new AsyncDisposableStack();
    const worker = await startBenchWorker({ name: "worker", keepAlive: true });
    stack.defer(worker.close);
    const pools = [{ name: "worker", workerPort: worker.port }];
    const envoy = async (tenants: number): Promise<Side> => {
      const catalog = benchCatalog(pools, tenants, "all");
      const side = await startEnvoySide(`envoy, ${tenants} tenants`, catalog, worker.port);
      stack.defer(side.close);
      return side;
    };
    const [few, many] = [await envoy(FEW), await envoy(MANY)];
    const all: Side = { ...many, name: `${many.name}, all in turn` };
    const nginx = await startNginxSide(worker.port, true);
    stack.defer(nginx.close);

    const targets = (count: number) => Array.from({ length: count }, (_, i) => targetOf(i, ["worker"]));
    const targetsOf = (side: Side) => targets(side === all ? MANY : FEW);
    const growth = await compareSides({ ...load, baseline: few, candidate: many, targetsOf, max: 1.1 });
    const spread = await compareSides({ ...load, baseline: many, candidate: all, targetsOf, max: 0 });
    const yardstick = await compareSides({ ...load, baseline: nginx, candidate: few, targetsOf, max: 0 });
    const resident = [few, many].map(
      ({ name, pid }): Figure => ({
        name: `${name}: resident memory`,
        value: residentMiB(pid),
        unit: "MiB",
        errors: 0,
      }),
    );
    const own = (figures: readonly Figure[], { name }: Side) =>
      figures.filter((figure) => figure.name.startsWith(`${name}:`));
    return {
      figures: [
        ...growth.figures,
        ...own(spread.figures, all),
        ...own(yardstick.figures, nginx),
        ...[...spread.gates, ...yardstick.gates].map(ungated),
        ...resident,
      ],
      gates: growth.gates,
    };
  },
};
