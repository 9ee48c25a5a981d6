/** What the thread that schedules and a thread that serves say to each other. */
import type { Observations } from "../../metrics/edge-metrics.ts";
import type { Slice } from "../../plan/slices.ts";
import type { RuleLimits } from "../../plan/types.ts";
import type { HashKey } from "../../policy/limits/keyed-hash.ts";
import type { FailedLoginLimits, LoginBlock, LoginRefusal } from "../../policy/limits/login-failures.ts";
import type { LoginOutcome } from "../../policy/limits/login-outcome.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import type { DrainTimes } from "../edge.ts";
import type { LoginAsk } from "../login-gate.ts";
import type { Mode } from "../modes.ts";
import type { SocketCaps } from "../socket-counts.ts";
import type { NetworkFault } from "../upstream/network-fault.ts";
import type { QueueRefusal } from "../upstream/waiter.ts";
import type { ProcessMemory } from "./process-memory.ts";

/** What a thread is born with. */
export interface ThreadBirth {
  readonly part: number;
  readonly mode: Mode;
  readonly memory: ProcessMemory;
  /** Zero of the scheduler's clock. */
  readonly clockOriginMs: number;
  /** Ports of listeners whose plan says 0, by name. */
  readonly ports: ReadonlyMap<string, number>;
  /** What the thread's own program is to know; nothing here looks at it. */
  readonly settings: unknown;
}

/** An endpoint that takes requests. */
export interface EndpointShare {
  readonly id: number;
  readonly address: string;
  readonly ip: string;
  readonly httpPort: number;
  readonly realtimePort: number;
  readonly memory: SharedArrayBuffer;
}

/** How the plan that was handed over is to be linked. */
export interface PlanLinks {
  /** Ids of the plan's pools, in its order. */
  readonly pools: readonly number[];
  /** Names of pools in the order of their indexes in the metrics. */
  readonly metricsPools: readonly string[];
  /** What login names are hashed with for the shared store; null without one. */
  readonly loginKey: HashKey | null;
}

/** A piece of a plan, and where its tenants have their places. */
export interface PlanPiece {
  readonly slice: Slice;
  readonly places: readonly number[];
}

type ToldByScheduler =
  | { readonly kind: "pool"; readonly pool: number; readonly pressure: SharedArrayBuffer }
  | {
      readonly kind: "opened";
      readonly pool: number;
      readonly workers: number;
      readonly endpoints: readonly EndpointShare[];
    }
  | { readonly kind: "removed"; readonly pool: number; readonly endpoint: number }
  | { readonly kind: "lanes"; readonly segment: SharedArrayBuffer }
  | { readonly kind: "granted"; readonly pool: number; readonly request: number; readonly endpoint: number }
  | { readonly kind: "refused"; readonly pool: number; readonly request: number; readonly code: QueueRefusal }
  | { readonly kind: "port"; readonly listener: string; readonly port: number }
  /** The pool is gone for all. */
  | { readonly kind: "forgotten"; readonly pool: number }
  | { readonly kind: "discard" };

export interface FromScheduler {
  readonly tells: ToldByScheduler;
  readonly asks: {
    /** The next piece of a plan; answered when it was taken. */
    readonly piece: readonly [PlanPiece, null];
    /** Serve the plan that was handed over, from now on. */
    readonly start: readonly [PlanLinks, null];
    /** Do of a swap to it what can fail. */
    readonly prepare: readonly [null, null];
    readonly commit: readonly [PlanLinks, null];
    readonly observe: readonly [null, Observations];
    /** Answered at once by a thread whose event loop turns. */
    readonly alive: readonly [null, null];
    /** Answered when all is over and told: whether nothing was cut. */
    readonly drain: readonly [DrainTimes, boolean];
    readonly cut: readonly [null, null];
  };
}

type ToldByThread =
  | {
      readonly kind: "wait";
      readonly pool: number;
      readonly request: number;
      readonly place: number;
      readonly tenant: string;
      readonly rule: number;
      readonly client: string;
    }
  | { readonly kind: "leave"; readonly pool: number; readonly request: number }
  | { readonly kind: "released"; readonly pool: number; readonly place: number; readonly rule: number }
  | { readonly kind: "failed"; readonly pool: number; readonly endpoint: number; readonly fault: NetworkFault }
  | { readonly kind: "succeeded"; readonly pool: number; readonly endpoint: number }
  | { readonly kind: "poolClosed"; readonly pool: number }
  | { readonly kind: "closeSocket"; readonly tenant: string; readonly client: string }
  /** What the thread's own program says to the scheduler's. */
  | { readonly kind: "say"; readonly what: unknown };

export interface FromThread {
  readonly tells: ToldByThread;
  readonly asks: {
    readonly socket: readonly [
      { readonly tenant: string; readonly client: string; readonly caps: SocketCaps },
      boolean,
    ];
    readonly knows: readonly [{ readonly tenant: string; readonly network: string; readonly login: string }, boolean];
    /** A number for the attempt, or why not. */
    readonly login: readonly [LoginAsk, number | LoginRefusal];
    readonly settle: readonly [
      { readonly attempt: number; readonly outcome: LoginOutcome; readonly limits: FailedLoginLimits },
      readonly LoginBlock[],
    ];
    readonly limit: readonly [
      {
        readonly limits: RuleLimits;
        readonly tenant: string;
        readonly rule: LimitedRule;
        readonly client: string;
      },
      number,
    ];
    readonly loginLimit: readonly [
      {
        readonly limits: RuleLimits;
        readonly tenant: string;
        readonly rule: LimitedRule;
        readonly loginHash: string;
      },
      number,
    ];
    /** Whole lines of one stream, in bytes; answered when they are taken. */
    readonly lines: readonly [{ readonly stream: string; readonly bytes: Uint8Array }, null];
  };
}
