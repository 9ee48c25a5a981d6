import { setTimeout as sleep } from "node:timers/promises";
import type { Observation } from "./judge.ts";
import { exchangeRaw, readResponses } from "./raw-client.ts";
import type { RecordedConnection, RecordingWorker } from "./recording-worker.ts";

/** An edge (or another proxy) with a worker of its own, so that whatever reaches the worker is one known client's. */
export interface Lane {
  readonly port: number;
  readonly worker: RecordingWorker;
  /** Requests that the proxy has forwarded, by its own access log. */
  forwarded(): number;
  close(): Promise<void>;
}

/** What a lane's edge asks its worker to see whether it is well: the only request of the edge's own. */
export const checkPath = "/lane-check";

/** Sends one case through a lane that nobody else uses and returns what both sides saw. */
export async function observe(lane: Lane, segments: readonly string[], answersWanted: number): Promise<Observation> {
  lane.worker.forget();
  const forwardedBefore = lane.forwarded();
  const methods = [/^[A-Z]+/.exec(segments.join(""))?.[0] ?? "GET"];
  const exchange = await exchangeRaw(lane.port, segments, {
    quietMs: 400,
    satisfied: (received) => {
      const { finals } = readResponses({ received, ended: "idle" }, methods);
      return finals.length >= answersWanted && finals.at(-1)?.closes !== true; // who says that he closes is waited for
    },
  });
  await lane.worker.settled(100);
  const connections = lane.worker.connections.filter(isOfClient);
  const arrived = connections.reduce((sum, { requests }) => sum + requests.length, 0);
  const forwarded = () => lane.forwarded() - forwardedBefore;
  // The log line of a request that its client left may come a little later than the request.
  for (let waitedMs = 0; forwarded() !== arrived && waitedMs < 200; waitedMs += 5) await sleep(5);
  return { exchange, responses: readResponses(exchange, methods), connections, forwarded: forwarded() };
}

const isOfClient = ({ requests }: RecordedConnection) => !requests.some(({ target }) => target === checkPath);

const laneCount = 8;

/** Runs every case in one of several lanes, each lane one case at a time; results are in the order of the cases. */
export async function runInLanes<Case, Result>(
  cases: readonly Case[],
  open: () => Promise<Lane>,
  run: (lane: Lane, item: Case) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = cases.entries();
  const work = async () => {
    const lane = await open();
    try {
      for (const [i, item] of queue) results[i] = await run(lane, item);
    } finally {
      await lane.close();
    }
  };
  await Promise.all(Array.from({ length: laneCount }, work));
  return results;
}
