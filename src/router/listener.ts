import { createServer, type Server, type Socket } from "node:net";
import type { PlannedListener } from "../plan/types.ts";

/** Connections that the kernel holds before they are accepted. */
const BACKLOG = 1024;

export interface ListenerEvents {
  connection(socket: Socket): void;
  /** A connection over `maxConnections` was closed unserved. */
  dropped(): void;
  /** The server failed after it was opened, for want of descriptors for example; it goes on listening. */
  fault(cause: NodeJS.ErrnoException): void;
}

/** Opens one listening socket; rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
export function openListener(planned: PlannedListener, events: ListenerEvents): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, events.connection);
  server.on("drop", events.dropped);
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once("error", reject);
  server.listen({ host: planned.address, port: planned.port, backlog: BACKLOG }, () => {
    server.off("error", reject);
    server.on("error", events.fault);
    resolve(server);
  });
  return promise;
}
