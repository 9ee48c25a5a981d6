/**
 * The program of a thread that serves, and that a test can stop: it lives, and does nothing any more. The test also says when it
 * may begin.
 */
import { parentPort, workerData } from "node:worker_threads";

/** What a test sends to the thread's `Worker`. */
export const STOP = "stop";

if (parentPort !== null) {
  Atomics.wait(workerData.mayBegin as Int32Array, 0, 0);
  parentPort.on("message", (message) => {
    if (message === STOP) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
  await import("../../src/cli/serve/thread.ts");
}
