import { createServer, type Server, type Socket } from "node:net";
import type { PlannedListener } from "../plan/types.ts";

/** Connections that the kernel holds before they are accepted. */
const BACKLOG = 1024;

/** How listeners are opened. */
export interface ListenOptions {
  /** Whether other threads listen at the same address, and the kernel spreads connections over them (SO_REUSEPORT). */
  readonly shared: boolean;
  /** By name of a listener: the port in place of the plan's, where that is 0. */
  readonly ports: ReadonlyMap<string, number>;
}

export interface ListenerEvents {
  connection(socket: Socket): void;
  /** A connection over `maxConnections` was closed unserved. */
  dropped(): void;
  /** The server failed after it was opened, for want of descriptors for example; it goes on listening. */
  fault(cause: NodeJS.ErrnoException): void;
}

/** Opens one listening socket; rejects with the system's error (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
export function openListener(
  { name, address, port }: PlannedListener,
  events: ListenerEvents,
  { shared, ports }: ListenOptions,
): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, events.connection);
  server.on("drop", events.dropped);
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once("error", reject);
  server.listen({ host: address, port: port || (ports.get(name) ?? 0), backlog: BACKLOG, reusePort: shared }, () => {
    server.off("error", reject);
    server.on("error", events.fault);
    resolve(server);
  });
  return promise;
}
