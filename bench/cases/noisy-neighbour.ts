import type { ArrivalResult } from "../support/arrivals.ts";
import { type BenchCase, type Figure, type Gate, median } from "../support/bench-case.ts";
import { floodCatalog, hostOf, targetOf } from "../support/bench-catalog.ts";
import { cpuMicros } from "../support/processes.ts";
import { runArrivals, type Side, startBenchWorker, startEdgeSide } from "../support/sides.ts";

/** The flood comes at so many times its limit. */
const TIMES = 50;
const FLOOD_LIMIT_PER_SECOND = 100;
const [QUIET, FLOOD] = [0, 1];
const WORKER = "worker";

/** p99 beside the flood against alone, with and without free workers. */
const P99_RATIO_MAX = 1.2;

interface Setting {
  readonly name: string;
  readonly workers: number;
  /** The flood's limit is what the workers can do, or a part of it. */
  readonly serviceMs: number;
  readonly body: string;
  /** Well below the share that is the quiet tenant's where no worker is free, which is the half. */
  readonly quietPerSecond: number;
  /** Of each leg: so many that its 99th percentile is not its slowest request. */
  readonly seconds: number;
}

/**
 * Where no worker is free, the quiet tenant waits for the first of `workers` to end what it does; of n that began at
 * random times that is 1 - 0.01^(1/n) of a service in the 99th percentile: 14% of it with 32, 44% with 8.
 */
const settings: readonly Setting[] = [
  { name: "free workers, GET", workers: 64, serviceMs: 20, body: "", quietPerSecond: 50, seconds: 10 },
  { name: "free workers, POST", workers: 64, serviceMs: 20, body: "x".repeat(2048), quietPerSecond: 50, seconds: 10 },
  { name: "32 workers, none free", workers: 32, serviceMs: 400, body: "", quietPerSecond: 20, seconds: 25 },
  { name: "8 workers, none free", workers: 8, serviceMs: 100, body: "", quietPerSecond: 20, seconds: 25 },
];

async function quiet(edge: Side, perSecond: number, seconds: number): Promise<ArrivalResult> {
  const target = targetOf(QUIET, [WORKER]);
  return runArrivals({
    port: edge.port,
    target,
    perSecond,
    seconds,
    refusals: [],
    body: "",
    openMax: 500,
  });
}

interface Flooded {
  readonly quiet: ArrivalResult;
  readonly flood: ArrivalResult;
  /** CPU of the edge for a request of the flood, refused ones for the most part. */
  readonly microsPerFlood: number;
}

/** Where the flood goes, if not to the edge. */
type Direction = Setting & { readonly floodPort?: number };

async function flooded(edge: Side, direction: Direction): Promise<Flooded> {
  const { body, quietPerSecond, seconds, floodPort = edge.port } = direction;
  const before = cpuMicros(edge.pid);
  const flood = runArrivals({
    port: floodPort,
    target: targetOf(FLOOD, [WORKER]),
    perSecond: FLOOD_LIMIT_PER_SECOND * TIMES,
    seconds,
    refusals: [429, 503],
    body,
    openMax: 1_000,
  });
  const [seen, sent] = await Promise.all([quiet(edge, quietPerSecond, seconds), flood]);
  return { quiet: seen, flood: sent, microsPerFlood: (cpuMicros(edge.pid) - before) / sent.sent };
}

async function compare(setting: Setting): Promise<{ figures: Figure[]; gate: Gate }> {
  await using stack = new AsyncDisposableStack();
  const { name, workers, serviceMs, quietPerSecond, seconds } = setting;
  const worker = await startBenchWorker({ name: WORKER, keepAlive: false, serviceMs });
  stack.defer(worker.close);
  const catalog = floodCatalog({ name: WORKER, workerPort: worker.port, workers }, hostOf(QUIET), hostOf(FLOOD), {
    requests: FLOOD_LIMIT_PER_SECOND,
    unit: "Second",
  });
  const edge = await startEdgeSide("hostward", catalog);
  stack.defer(edge.close);
  await quiet(edge, quietPerSecond, 2); // warms up
  // The same flood at a server of its own: what it costs the cores that both clients and the workers share.
  const sink = await startBenchWorker({ name: WORKER, keepAlive: true });
  stack.defer(sink.close);
  const alone = [await quiet(edge, quietPerSecond, seconds)];
  const control = (await flooded(edge, { ...setting, floodPort: sink.port })).quiet;
  const beside = [await flooded(edge, setting), await flooded(edge, setting)];
  alone.push(await quiet(edge, quietPerSecond, seconds));
  const errors = [...alone, ...beside.map((leg) => leg.quiet)].reduce((sum, leg) => sum + leg.errors + leg.skipped, 0);
  const floodErrors = beside.reduce((sum, { flood }) => sum + flood.errors, 0);
  const figure = (text: string, value: number, unit: Figure["unit"], wrong = errors): Figure => ({
    name: `${name}: ${text}`,
    value,
    unit,
    errors: wrong,
  });
  const floods = (read: (flood: ArrivalResult) => number) => median(beside.map(({ flood }) => read(flood)));
  const [before, after] = [median(alone.map(({ p99 }) => p99)), median(beside.map((leg) => leg.quiet.p99))];
  return {
    figures: [
      figure("p50 alone", median(alone.map(({ p50 }) => p50)), "ms"),
      figure("p50 beside the flood", median(beside.map((leg) => leg.quiet.p50)), "ms"),
      figure("p99 alone", before, "ms"),
      figure("p99 beside a flood that goes elsewhere", control.p99, "ms", control.errors),
      figure("p99 beside the flood", after, "ms"),
      figure(
        "flood sent",
        floods(({ sent }) => sent / seconds),
        "req/s",
        floodErrors,
      ),
      figure(
        "flood due and not sent",
        floods(({ skipped }) => skipped),
        "count",
        floodErrors,
      ),
      figure(
        "flood served",
        floods(({ served }) => served / seconds),
        "req/s",
        floodErrors,
      ),
      figure(
        "connections of the flood",
        floods(({ connects }) => connects),
        "count",
        floodErrors,
      ),
      figure("CPU for one of the flood", median(beside.map((leg) => leg.microsPerFlood)), "us", floodErrors),
    ],
    gate: { ...figure("p99 beside the flood against alone", after / before, "x"), max: P99_RATIO_MAX },
  };
}

/** One tenant at fifty times its limit, and what another one sees of it. */
export const noisyNeighbour: BenchCase = {
  name: "noisy-neighbour",
  doc: `p99 of one tenant while another sends ${TIMES} times its limit, with and without free workers`,
  async run() {
    const compared = [];
    for (const setting of settings) compared.push(await compare(setting));
    return { figures: compared.flatMap(({ figures }) => figures), gates: compared.map(({ gate }) => gate) };
  },
};
