/** How the cost of a request grows with something: a curve for each side, all its points measured in turns. */

import { startNginxSide } from "../../support/nginx-side.ts";
import { type BenchWorker, type Side, startBenchWorker, startEdgeSide } from "../../support/sides.ts";
import { peerCatalog, peerWorkerName } from "../catalog.ts";
import type { Effort } from "../effort.ts";
import type { GrowthResult } from "../results.ts";
import { type Asked, type Contestant, type Turn, takeRounds } from "../rounds.ts";
import { spreadOf } from "../spread.ts";

/** Turns, which are shorter here. */
const WARM_UP = 4;

/** One point of a curve. */
export interface GrowthPoint {
  readonly at: number;
  readonly asked: Asked;
}

/** One curve: a side, or a side for each point. */
export interface GrowthSeries {
  readonly name: string;
  readonly points: readonly (GrowthPoint & { readonly side: Side })[];
}

/** Measures all points of all series in turns. */
export async function measureGrowth(
  about: Pick<GrowthResult, "id" | "title" | "unit">,
  series: readonly GrowthSeries[],
  effort: Effort,
): Promise<GrowthResult> {
  effort.progress(about.title);
  const points = series.flatMap((one) => one.points);
  const contestants = points.map(({ side, asked }): Contestant => ({ side, asked, warmUpTurns: WARM_UP }));
  const turns = await takeRounds(contestants, effort.rounds, effort.progress);
  const measured = new Map(points.map((point, index) => [point, turns[index]!]));
  return {
    ...about,
    series: series.map(({ name, points }) => ({
      name,
      points: points.map((point) => figuresOf(point.at, measured.get(point)!)),
    })),
  };
}

function figuresOf(at: number, turns: readonly Turn[]): GrowthResult["series"][number]["points"][number] {
  return {
    at,
    cpuUs: spreadOf(turns.map(({ cpuUs }) => cpuUs)),
    errors: turns.reduce((sum, turn) => sum + turn.errors, 0),
    requests: turns.reduce((sum, turn) => sum + turn.requests, 0),
  };
}

/** The edge and nginx before one worker. */
export interface Pair {
  readonly worker: BenchWorker;
  readonly sides: readonly Side[];
}

/** Starts both on `stack`; nginx comes first, as the yardstick. */
export async function startPair(stack: AsyncDisposableStack): Promise<Pair> {
  const worker = await startBenchWorker({ name: peerWorkerName, keepAlive: true });
  stack.defer(worker.close);
  const nginx = await startNginxSide(worker.port, true);
  stack.defer(nginx.close);
  const edge = await startEdgeSide("hostward", peerCatalog(worker.port));
  stack.defer(edge.close);
  return { worker, sides: [nginx, edge] };
}
