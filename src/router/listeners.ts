import { readFileSync } from "node:fs";
import type { Server, Socket } from "node:net";
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { PlannedListener } from "../plan/types.ts";
import { type LinkedListener, linkListener } from "./link.ts";
import { type ListenOptions, openListener } from "./listener.ts";
import type { Reporter } from "./services.ts";

/** What the process opens besides connections: logs, listeners, temporary files, modules. */
const OTHER_DESCRIPTORS = 32;
/** A client's own and its worker's. */
const DESCRIPTORS_PER_CLIENT = 2;

/** One open listener. */
export interface Listening {
  planned: PlannedListener;
  linked: LinkedListener;
  readonly server: Server;
}

/** Where an edge listens: opened before a plan takes over, changed when it does. */
export class Listeners {
  readonly #metrics: EdgeMetrics;
  readonly #reporter: Reporter;
  readonly #accept: (socket: Socket, via: LinkedListener) => void;
  readonly #options: ListenOptions;
  /** Clients that the process has file descriptors for. */
  readonly clientsMax = clientsMax();
  #listening: readonly Listening[] = [];

  constructor(
    metrics: EdgeMetrics,
    reporter: Reporter,
    options: ListenOptions,
    accept: (socket: Socket, via: LinkedListener) => void,
  ) {
    this.#metrics = metrics;
    this.#reporter = reporter;
    this.#options = options;
    this.#accept = accept;
  }

  /** The port is the real one also where the plan says 0. */
  get addresses(): readonly { readonly name: string; readonly address: string; readonly port: number }[] {
    return this.#listening.map(({ planned: { name, address }, server }) => ({ name, address, port: portOf(server) }));
  }

  /**
   * Opens those of `planned` that are not open yet; `change` must take them over. Rejects with the system's error when
   * one cannot be opened, and leaves none of them open.
   */
  async open(planned: readonly PlannedListener[]): Promise<readonly Listening[]> {
    const opened: Listening[] = [];
    try {
      for (const listener of planned) if (this.#at(listener) === undefined) opened.push(await this.#open(listener));
    } catch (cause) {
      this.discard(opened);
      throw cause;
    }
    return opened;
  }

  /** Goes on with `planned`, of which `opened` are new; the others close. Connections stay. */
  change(planned: readonly PlannedListener[], opened: readonly Listening[], connectionsMax: number): void {
    const stay: Listening[] = [];
    for (const listener of planned) {
      const open = this.#at(listener);
      if (open === undefined) continue;
      open.planned = listener;
      open.linked = linkListener(listener, portOf(open.server));
      stay.push(open);
    }
    for (const open of this.#listening) if (!stay.includes(open)) open.server.close();
    this.#listening = [...stay, ...opened];
    for (const { server } of this.#listening) server.maxConnections = Math.min(connectionsMax, this.clientsMax);
  }

  /** Gives up what `open` gave. */
  discard(opened: readonly Listening[]): void {
    for (const { server } of opened) server.close();
  }

  close(): void {
    for (const { server } of this.#listening) server.close();
  }

  async #open(planned: PlannedListener): Promise<Listening> {
    const events = {
      connection: (socket: Socket) => this.#accept(socket, listening.linked),
      dropped: () => this.#dropped(server),
      fault: (cause: NodeJS.ErrnoException) => this.#failed(cause),
    };
    const server = await openListener(planned, events, this.#options);
    const listening: Listening = { planned, linked: linkListener(planned, portOf(server)), server };
    return listening;
  }

  /** The socket that a listener of the plan can go on with: its name and external port may change under it. */
  #at({ name, address, port }: PlannedListener): Listening | undefined {
    return this.#listening.find(
      ({ planned }) => planned.address === address && planned.port === port && (port !== 0 || planned.name === name),
    );
  }

  #dropped({ maxConnections }: Server): void {
    this.#metrics.increment("connections_refused_total", 1, maxConnections < this.clientsMax ? "limit" : "descriptors");
  }

  #failed(cause: NodeJS.ErrnoException): void {
    const full = cause.code === "EMFILE" || cause.code === "ENFILE";
    if (full) this.#metrics.increment("connections_refused_total", 1, "descriptors");
    else this.#reporter.fault("-", cause);
  }
}

/** The port that was taken, also where the plan says 0. */
function portOf(server: Server): number {
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : 0;
}

/**
 * Clients that the process has file descriptors for. Beyond the system's limit accepting fails in silence and every
 * worker is out of reach, so the last ones are turned away before.
 */
function clientsMax(): number {
  try {
    const limit = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    if (limit !== undefined)
      return Math.max(1, Math.floor((Number(limit) - OTHER_DESCRIPTORS) / DESCRIPTORS_PER_CLIENT));
  } catch {
    // No such file: not Linux.
  }
  return Number.POSITIVE_INFINITY;
}
