import type { Plan } from "../plan/types.ts";
import type { DrainTimes, ListenerAddress } from "./edge.ts";
import type { LinkedPlan } from "./link.ts";
import type { EndpointReport } from "./upstream/pool-report.ts";

/** An edge that serves, with one thread or with several. */
export interface RunningEdge {
  readonly plan: LinkedPlan;
  /** Whether requests are served now: false only while every thread has died and is not replaced yet. */
  readonly serving: boolean;
  /** Whether it was told to stop. */
  readonly draining: boolean;
  /** Where the edge listens; the port is the real one also where the plan says 0. */
  readonly addresses: readonly ListenerAddress[];
  endpoints(): readonly (EndpointReport & { readonly pool: string })[];
  /** Realtime exchanges of a tenant that are open now. */
  socketsOf(tenant: string): number;
  /**
   * Puts `plan` into service. Requests and WebSockets go on with the plan that they began with. Rejects, with the old plan in
   * service, when a listener cannot be opened or a secret cannot be read.
   */
  swap(plan: Plan): Promise<void>;
  /**
   * Stops in order: takes new connections for `graceMs` more, then finishes what runs, and cuts what is left after
   * `deadlineMs`. True when nothing had to be cut.
   */
  drain(times: DrainTimes): Promise<boolean>;
  /** Ends everything at once. */
  cut(): void;
  /** Resolves when nothing of it runs any more; after `drain` or `cut`. */
  close(): Promise<void>;
}
