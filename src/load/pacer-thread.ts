/** Sleeps to the microsecond on a thread of its own, where nothing is held up by it, and wakes the generator. */
import { parentPort, workerData } from "node:worker_threads";
import { hrtimeMs, type PacerMemory, pacerCells } from "./pacer.ts";

const { memory } = workerData as { readonly memory: PacerMemory };
const cells = new Int32Array(memory);
const wakeAt = new Float64Array(memory, pacerCells.wakeAtByte, 1);
/** Nobody ever notifies this cell: waiting for it is sleeping. */
const nobody = new Int32Array(new SharedArrayBuffer(4));

parentPort!.postMessage("started");
for (let seen = 0; ; ) {
  Atomics.wait(cells, pacerCells.order, seen);
  seen = Atomics.load(cells, pacerCells.order);
  const restMs = wakeAt[0]! - hrtimeMs();
  if (restMs > 0) Atomics.wait(nobody, 0, 0, restMs);
  Atomics.add(cells, pacerCells.wake, 1);
  Atomics.notify(cells, pacerCells.wake);
}
