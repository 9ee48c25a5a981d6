/** A thread that makes load: nothing else that the process does can hold it up. */
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { Generator } from "./generator.ts";
import type { LegShare, StartMessage, ThreadMessage } from "./leg.ts";

const share = workerData as LegShare;
const generator = new Generator(share);
const post = (message: ThreadMessage): void => parentPort!.postMessage(message);

await generator.ready();
post({ kind: "ready" });
const [{ startMs }] = (await once(parentPort!, "message")) as [StartMessage];
let before = performance.eventLoopUtilization();
let idleBeforeMs = 0;
await generator.run(
  startMs,
  () => {
    before = performance.eventLoopUtilization();
    idleBeforeMs = generator.idleTurnsMs;
    post({ kind: "measuring" });
  },
  () => {
    const { active, idle } = performance.eventLoopUtilization(before);
    const workedMs = active - (generator.idleTurnsMs - idleBeforeMs);
    post({ kind: "measured", loopBusy: Math.max(0, workedMs / (active + idle)) });
  },
);
post({ kind: "done", tally: generator.tally });
