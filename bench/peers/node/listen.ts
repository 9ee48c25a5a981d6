/** How all Node peers start: the worker comes as argument, the port goes to standard output. */
import { Agent, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PeerWorker } from "../peer.ts";

/** The worker that this process stands before. */
export const worker = JSON.parse(process.argv[2]!) as PeerWorker;

/** Base of the worker's URLs. */
export const workerUrl = `http://127.0.0.1:${worker.port}`;

/** Keeps as many connections as are in use. */
export const keepAliveAgent = () => new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 256 });

/** Listens, and tells the port. */
export function listen(server: Server): void {
  server.listen(0, "127.0.0.1", 4096, () => console.log((server.address() as AddressInfo).port));
}
