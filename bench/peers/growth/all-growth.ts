/** What the cost of a request may grow with. */
import { benchCatalog, targetOf } from "../../support/bench-catalog.ts";
import type { LoadRequest } from "../../support/load-requests.ts";
import { startBenchWorker, startEdgeSide } from "../../support/sides.ts";
import { peerCatalogTargets, peerWorkerName } from "../catalog.ts";
import type { Effort } from "../effort.ts";
import type { GrowthResult, Sections } from "../results.ts";
import type { Asked } from "../rounds.ts";
import { type GrowthPoint, type GrowthSeries, measureGrowth, startPair } from "./growth.ts";

const fieldCounts = [0, 10, 30, 60, 90];
const connectionCounts = [1, 8, 32, 128, 512, 2000];
const bodyKiB = [1, 16, 128, 1024, 8192];
const tenantCounts = [1, 100, 10_000, 100_000];
/** Large bodies in flight at once: few, as uploads are. */
const UPLOADS = 8;
/** Every 97th of many tenants is asked for, so that look-ups fall all over the table. */
const STRIDE = 97;

/** Turns are shorter than beside peers: there are many points, and a curve shows which of them is off. */
const shorter = 0.6;

/** Measures every curve. */
export async function measureAllGrowth(wanted: Effort): Promise<Sections["growth"]> {
  const effort = { ...wanted, turnSeconds: wanted.turnSeconds * shorter };
  return { results: [...(await growthOfRequests(effort)), await growthOfTenants(effort)] };
}

/** With fields, connections and bodies: nginx beside. */
async function growthOfRequests(effort: Effort): Promise<GrowthResult[]> {
  await using stack = new AsyncDisposableStack();
  const { sides } = await startPair(stack);
  const curves = (points: readonly GrowthPoint[]): GrowthSeries[] =>
    sides.map((side) => ({ name: side.name, points: points.map((point) => ({ ...point, side })) }));
  const asking = (request: Partial<LoadRequest>, connections = 32, tenants = 20): Asked => ({
    targets: peerCatalogTargets(tenants),
    request: { bodyBytes: 0, fieldCount: 0, ...request },
    connections,
    seconds: effort.turnSeconds,
  });
  const fields = curves(fieldCounts.map((at) => ({ at, asked: asking({ fieldCount: at }) })));
  const connections = curves(connectionCounts.map((at) => ({ at, asked: asking({}, at) })));
  const bodies = curves(bodyKiB.map((at) => ({ at, asked: asking({ bodyBytes: at * 1024 }, UPLOADS, 1) })));
  return [
    await measureGrowth({ id: "fields", title: "Fields of a request", unit: "fields of 32 bytes" }, fields, effort),
    await measureGrowth({ id: "connections", title: "Connections", unit: "busy connections" }, connections, effort),
    await measureGrowth({ id: "bodies", title: "JSON-RPC bodies", unit: "KiB of body" }, bodies, effort),
  ];
}

/** With tenants: an edge for each number of them. */
async function growthOfTenants(effort: Effort): Promise<GrowthResult> {
  await using stack = new AsyncDisposableStack();
  const worker = await startBenchWorker({ name: peerWorkerName, keepAlive: true });
  stack.defer(worker.close);
  const points: GrowthSeries["points"][number][] = [];
  for (const at of tenantCounts) {
    const side = await startEdgeSide(
      `${at} tenants`,
      benchCatalog([{ name: peerWorkerName, workerPort: worker.port }], at),
    );
    stack.defer(side.close);
    const count = Math.ceil(at / STRIDE);
    const targets = Array.from({ length: count }, (_, i) => targetOf(i * STRIDE, [peerWorkerName]));
    const request = { bodyBytes: 0, fieldCount: 0 };
    points.push({ at, side, asked: { targets, request, connections: 32, seconds: effort.turnSeconds } });
  }
  const series = [{ name: "hostward", points }];
  return await measureGrowth({ id: "tenants", title: "Tenants", unit: "tenants" }, series, effort);
}
