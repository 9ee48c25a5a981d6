import type { Clock } from "../core/clock.ts";
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { AccessRecord } from "../metrics/record.ts";
import type { RateLimits } from "../policy/limits/rate-limits.ts";
import type { BodyStore } from "./http1/body-store.ts";
import type { ByteBudget } from "./http1/byte-budget.ts";
import type { LimitGate } from "./limits/limit-gate.ts";
import type { LinkedPlan } from "./link.ts";
import type { LoginGate } from "./login-gate.ts";
import type { Mode } from "./modes.ts";
import type { Overload, OverloadChange } from "./overload.ts";
import type { Step } from "./pipeline.ts";
import type { RequestIds } from "./request-ids.ts";
import type { SocketGate } from "./socket-counts.ts";
import type { Tunnels } from "./tunnels.ts";

/** Where a request's end and the edge's own faults are told. */
export interface Reporter {
  /** Once per request, when it is over. The record is only lent. */
  finished(record: AccessRecord): void;
  /** A fault of ours, caught at `step`. */
  fault(step: string, cause: unknown): void;
  /** A resource of the edge itself entered or left a stage of overload. */
  overload(change: OverloadChange): void;
}

/** What every connection of one edge shares. `plan` is swapped whole; everything else stays for the edge's life. */
export interface EdgeServices {
  readonly mode: Mode;
  /** Those of the mode. */
  readonly steps: readonly Step[];
  plan: LinkedPlan;
  /** From the signal to stop onwards: connections end with the request that they carry. */
  draining: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly ids: RequestIds;
  readonly metrics: EdgeMetrics;
  readonly reporter: Reporter;
  readonly rates: RateLimits;
  readonly logins: LoginGate;
  readonly sockets: SocketGate;
  /** Limits that processes share; null where the plan has no store. */
  shared: LimitGate | null;
  readonly bodies: BodyStore;
  /** What waits for slow clients, all connections together. */
  readonly responses: ByteBudget;
  readonly tunnels: Tunnels;
  readonly overload: Overload;
}
