import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

const listener = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

/** A port on which connecting takes for ever: its queue is full and nobody accepts. */
export async function startDeafPort(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const thread = new Worker(listener, { eval: true });
  const [port] = (await once(thread, "message")) as [number];
  const fillers: Socket[] = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  await once(fillers[0]!, "connect");
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy();
      await thread.terminate();
    },
  };
}
