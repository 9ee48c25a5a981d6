/** Real traffic passes unharmed: 1,415 different requests of browsers and API clients, and what Odoo answered. */
import t from "tap";
import { startTestEdge } from "../support/edge.ts";
import { startRecordingWorker } from "../support/recording-worker.ts";
import { type ReplayOutcome, replayEntry } from "../support/replay.ts";
import { readTraffic } from "../support/traffic.ts";
import { trafficCatalog } from "../support/traffic-catalog.ts";
import { trafficScript } from "../support/traffic-worker.ts";
import { trafficRefusals } from "./traffic-refusals.ts";

const entries = readTraffic();
const script = trafficScript(entries);
const worker = await startRecordingWorker(script);
const edge = await startTestEdge({ catalog: trafficCatalog(worker.port) });
const outcomes: ReplayOutcome[] = [];
const queue = entries.entries();
const replayAll = async () => {
  for (const [i, entry] of queue) outcomes[i] = await replayEntry(edge.port, entry, script);
};
await Promise.all(Array.from({ length: 8 }, replayAll));
await edge.close();
await worker.close();

const refusals = new Map(
  trafficRefusals.flatMap(({ reason, status, entries }) => entries.map((id) => [id, { reason, status }])),
);
for (const [i, { id, step, method, target }] of entries.entries()) {
  const { arrived, status, findings } = outcomes[i]!;
  const refusal = refusals.get(id);
  const name = `${id} ${step}: ${method} ${target.slice(0, 80)}`;
  const wanted = refusal === undefined ? { arrived: true, findings: [] } : { arrived: false, refused: refusal.status };
  const got = arrived ? { arrived, findings } : { arrived, refused: status };
  t.strictSame(got, wanted, refusal === undefined ? name : `${name}: ${refusal.reason}`);
}
