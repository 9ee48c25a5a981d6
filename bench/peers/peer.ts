/** A proxy that is measured beside the others. */
import type { Side } from "../support/sides.ts";

/** The worker that all stand before. */
export interface PeerWorker {
  readonly port: number;
  /** Whether it keeps connections, or speaks HTTP/1.0 and closes after each response, as a prefork Odoo does. */
  readonly keepAlive: boolean;
}

export interface Peer {
  readonly name: string;
  /** What it is set to, for the page: its access log, and whatever a reader must know to judge the comparison. */
  readonly setting: string;
  /** Whether it is compiled while it runs, so that its first seconds are dearer than all others. */
  readonly warmsUp: boolean;
  version(): string;
  /** Why it cannot be started here, or undefined. */
  missing?(): string | undefined;
  start(worker: PeerWorker): Promise<Side>;
}
