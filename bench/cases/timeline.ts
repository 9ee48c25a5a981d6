/** The recorded traffic at its recorded times, faster: what a platform with many such users meets. */
import { setTimeout as sleep } from "node:timers/promises";
import { trafficRefusals } from "../../test/scenarios/traffic-refusals.ts";
import { startRecordingWorker } from "../../test/support/recording-worker.ts";
import { replayEntry } from "../../test/support/replay.ts";
import { readTimeline, readTraffic, type TimelineEvent } from "../../test/support/traffic.ts";
import { trafficTenants } from "../../test/support/traffic-catalog.ts";
import { trafficScript } from "../../test/support/traffic-worker.ts";
import { type BenchCase, type Figure, median } from "../support/bench-case.ts";
import { startEdgeSide } from "../support/sides.ts";

/** How much faster than recorded: some forty busy users instead of one. */
const SPEED = 40;

const percentile = (values: readonly number[], share: number) => {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
};

/** Replays every request at its time; one that is sent late, because the replay is behind, has that in its latency. */
async function replayAll(events: readonly TimelineEvent[], replay: (entry: number) => Promise<boolean>) {
  const startMs = performance.now();
  const latenciesMs: number[] = [];
  let errors = 0;
  const work = events.map(async (event) => {
    const dueMs = startMs + event.startMs / SPEED;
    await sleep(Math.max(0, dueMs - performance.now()));
    const right = await replay(event.entry);
    if (!right) errors++;
    if (!event.tunnel) latenciesMs.push(performance.now() - dueMs);
  });
  await Promise.all(work);
  return { latenciesMs, errors, seconds: (performance.now() - startMs) / 1000 };
}

/** The recorded mix as an open loop: latency from the time at which each request was due. */
export const timeline: BenchCase = {
  name: "timeline",
  doc: `the 1,943 recorded requests at ${SPEED} times their pace, bodies and answers whole, checked on both sides`,
  async run() {
    await using stack = new AsyncDisposableStack();
    const entries = readTraffic();
    const script = trafficScript(entries);
    const worker = await startRecordingWorker(script);
    stack.defer(worker.close);
    const edge = await startEdgeSide("hostward", trafficTenants(worker.port), {
      externalPort: 443,
      trustedProxies: ["127.0.0.1/32"],
    });
    stack.defer(edge.close);
    const refused = new Set(trafficRefusals.flatMap((row) => row.entries));
    const events = readTimeline();
    const result = await replayAll(events, async (id) => {
      const { arrived, status, findings } = await replayEntry(edge.port, entries[id]!, script);
      const right = arrived !== refused.has(id) && findings.length === 0;
      if (!right) console.error(`entry ${id}: status ${status}, ${arrived ? findings.join("; ") : "did not arrive"}`);
      return right;
    });
    const { errors, latenciesMs, seconds } = result;
    const figure = (name: string, value: number, unit: Figure["unit"]): Figure => ({ name, value, unit, errors });
    return {
      figures: [
        figure("requests", events.length, "count"),
        figure("rate", events.length / seconds, "req/s"),
        figure("latency p50, worker included", median(latenciesMs), "ms"),
        figure("latency p99, worker included", percentile(latenciesMs, 0.99), "ms"),
      ],
      gates: [{ ...figure("requests not as recorded", errors, "count"), max: 0 }],
    };
  },
};
