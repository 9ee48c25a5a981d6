/** Targets for the load harness, in this process. */
import type { AddressInfo, Server, Socket } from "node:net";
import { createBenchWorker, listenBenchWorker, type WorkerSettings } from "../../src/load/worker.ts";

type Teardown = { teardown(done: () => void): void };
const quick: WorkerSettings = { name: "w", connections: "keep", bodyBytes: 100, serviceTimes: "none" };

/** A worker of the harness that answers at once; returns its port. */
export async function startWorker(t: Teardown, wanted: Partial<WorkerSettings> = {}): Promise<number> {
  const server = createBenchWorker({ ...quick, ...wanted });
  return listening(t, server, (started) => listenBenchWorker(started, 0));
}

/** Lets a server listen until the test ends, and cuts its connections then. */
export async function listening(
  t: Teardown,
  server: Server,
  listen: (server: Server) => Promise<number>,
): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return listen(server);
}

/** Listens on a free port of loopback. */
export function onFreePort(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
