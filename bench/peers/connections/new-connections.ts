/** New connections at a rate: what each costs, with its one request. */
import type { Figure } from "../../support/bench-case.ts";
import { targetOf } from "../../support/bench-catalog.ts";
import { threadMicros } from "../../support/processes.ts";
import { runArrivals, type Side } from "../../support/sides.ts";
import { peerWorkerName } from "../catalog.ts";
import type { Effort } from "../effort.ts";
import { startPair } from "../growth/growth.ts";
import type { FiguresResult } from "../results.ts";

const PER_SECOND = 2_000;
const SECONDS = 8;
/** A port rests for a minute after its connection. */
const ADDRESSES = 20;

/** What one side took for its connections. */
async function connectTo(side: Side, seconds: number): Promise<Figure[]> {
  const settings = {
    port: side.port,
    target: targetOf(0, [peerWorkerName]),
    perSecond: PER_SECOND,
    seconds,
    refusals: [],
    body: "",
    openMax: 1_000,
    connection: "close",
    addresses: ADDRESSES,
  } as const;
  await runArrivals({ ...settings, perSecond: PER_SECOND * 2, seconds: seconds / 2 });
  const before = threadMicros(side.pid);
  const { connects, errors, skipped, p50, p99 } = await runArrivals(settings);
  const cpuUs = (threadMicros(side.pid) - before) / Math.max(1, connects);
  const figure = (name: string, value: number, unit: Figure["unit"]): Figure => ({
    name: `${side.name}: ${name}`,
    value,
    unit,
    errors: errors + skipped,
  });
  return [
    figure("connections", connects, "count"),
    figure("CPU of each, with its request", cpuUs, "us"),
    figure("latency p50, from when it was due", p50, "ms"),
    figure("latency p99, from when it was due", p99, "ms"),
  ];
}

/** nginx and the edge in turn, 2,000 connections a second. */
export async function measureNewConnections({ quick, progress }: Effort): Promise<FiguresResult> {
  await using stack = new AsyncDisposableStack();
  const title = `${PER_SECOND} new connections a second, a request each`;
  progress(title);
  const { sides } = await startPair(stack);
  const figures: Figure[] = [];
  for (const side of sides) figures.push(...(await connectTo(side, quick ? 1 : SECONDS)));
  return { id: "new-connections", title, figures };
}
