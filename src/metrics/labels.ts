/** What the tables of metrics are made of: rows, labels, and the closed sets of their values. */
import { answerCodes } from "../core/answers.ts";

/** A label and the values it can take; null: the names of the catalog's pools, or what the edge itself observes. */
export interface Label {
  readonly name: string;
  readonly values: readonly string[] | null;
}

export interface MetricRow {
  readonly kind: "counter" | "gauge" | "histogram";
  /** INVARIANT: a `pool` label comes first, so that a new pool appends cells and moves none. */
  readonly labels: readonly Label[];
  readonly unit: string;
  readonly doc: string;
}

/** Values of the `rule` label: index `ruleIndex + 1`; `-` where no rule was found. */
export const ruleLabels = ["-", "deny", "rpc", "login", "realtime", "static", "app"] as const;
/** Values of the `code` label: what the edge answered, or `relayed` where the worker's answer went through whole. */
export const codeLabels: readonly string[] = ["relayed", ...answerCodes];
/** Values of the `class` label, by the hundreds of the status; `none` where no status was sent. */
export const classLabels = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

export const pool = { name: "pool", values: null } as const;
export const rule = { name: "rule", values: ruleLabels } as const;
/** INVARIANT: those of `policy/limits/overload.ts`. */
export const resource = { name: "resource", values: ["event_loop", "memory", "disk", "descriptors"] } as const;
export const code = { name: "code", values: codeLabels } as const;

export const rateTable = { name: "table", values: ["tenants", "clients"] } as const;
export const loginScope = { name: "scope", values: ["client_login", "client", "login"] } as const;

/** Values of the `step` label: the steps of a request's life, and `-` for what belongs to none. */
export const stepLabels = [
  "-",
  "read",
  "target",
  "path",
  "host",
  "route",
  "access",
  "rate_limit",
  "outcome",
  "entire",
  "body",
  "guard",
  "failed_logins",
  "admit",
  "concurrency",
  "forward",
  "response",
  "answer",
  "finish",
] as const;

/** Values of the `use` label: what the shared store of limits is asked for. */
export const storeUses = ["ask", "sync"] as const;
/** Why it gave no answer: too late, no connection, or what its error says. */
export const storeFaults = [
  "late",
  "lost",
  "read_only",
  "out_of_memory",
  "loading",
  "denied",
  "cluster",
  "other",
] as const;
/** Values of the labels `consistency` and `result` of decisions on shared limits. */
export const limitConsistencies = ["hybrid", "strict"] as const;
/** What came of asking for a worker connection. */
export const connectResults = ["opened", "reused", "refused", "reset", "connect_timeout", "unreachable"] as const;
export const limitResults = ["granted", "refused", "failed_local", "failed_open", "failed_closed"] as const;
export type LimitConsistency = (typeof limitConsistencies)[number];
export type LimitResult = (typeof limitResults)[number];
export type StoreUse = (typeof storeUses)[number];
export type StoreFault = (typeof storeFaults)[number];
