import { parentPort, workerData } from "node:worker_threads";
import { checkCatalog } from "./check.ts";
import { sliceCatalog } from "./slices.ts";

/** The other end of `compileOffThread`: compiles at once, then hands over one slice for each message that asks for one. */
const port = parentPort;
if (port === null) throw new Error("off-thread-worker.ts runs in a worker thread only");
const slices = sliceCatalog(checkCatalog((workerData as { layers: readonly string[] }).layers));
port.on("message", () => {
  const { value, done } = slices.next();
  if (done !== true) port.postMessage(value);
  if (done === true || value.kind === "end") port.close();
});
