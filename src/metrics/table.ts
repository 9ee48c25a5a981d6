import { answerCodes } from "../core/answers.ts";

/**
 * Every metric of the edge, as one table: registry, types and reference page come from it.
 *
 * No label names a tenant and none takes its values from a client. The table is one file although it is long: it is
 * read as a whole, and its order is the order of the exposition.
 */

/** A label and the values it can take; null: the names of the catalog's pools, or what the edge itself observes. */
export interface Label {
  readonly name: string;
  readonly values: readonly string[] | null;
}

interface MetricRow {
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

const pool = { name: "pool", values: null } as const;
const rule = { name: "rule", values: ruleLabels } as const;
/** INVARIANT: those of `policy/limits/overload.ts`. */
const resource = { name: "resource", values: ["event_loop", "memory", "disk", "descriptors"] } as const;
const code = { name: "code", values: codeLabels } as const;

const rateTable = { name: "table", values: ["tenants", "clients"] } as const;
const loginScope = { name: "scope", values: ["client_login", "client", "login"] } as const;

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
export const limitResults = ["granted", "refused", "failed_local", "failed_open", "failed_closed"] as const;
export type LimitConsistency = (typeof limitConsistencies)[number];
export type LimitResult = (typeof limitResults)[number];
export type StoreUse = (typeof storeUses)[number];
export type StoreFault = (typeof storeFaults)[number];

export const metricTable = {
  // requests
  requests_total: {
    kind: "counter",
    labels: [pool, rule, code],
    unit: "requests",
    doc: "Requests that ended, by what was answered.",
  },
  response_status_total: {
    kind: "counter",
    labels: [pool, { name: "class", values: classLabels }],
    unit: "responses",
    doc: "Requests that ended, by the class of the status sent.",
  },
  request_duration_seconds: {
    kind: "histogram",
    labels: [pool, rule],
    unit: "seconds",
    doc: "From the first byte of the request to the last of the response; tunnels left out.",
  },
  upstream_duration_seconds: {
    kind: "histogram",
    labels: [pool],
    unit: "seconds",
    doc: "From the request's last byte sent to the worker to the end of its response; tunnels left out.",
  },
  queue_duration_seconds: {
    kind: "histogram",
    labels: [pool],
    unit: "seconds",
    doc: "Waiting for a free worker, of requests that asked for one.",
  },
  request_body_bytes_total: {
    kind: "counter",
    labels: [pool],
    unit: "bytes",
    doc: "Request bodies received.",
  },
  response_body_bytes_total: {
    kind: "counter",
    labels: [pool],
    unit: "bytes",
    doc: "Response bodies sent.",
  },
  binding_lost_total: {
    kind: "counter",
    labels: [pool],
    unit: "responses",
    doc: "Workers that redirected to the database selector. Alert on any: a tenant's hostname selects no database.",
  },
  faults_total: {
    kind: "counter",
    labels: [{ name: "step", values: stepLabels }],
    unit: "faults",
    doc: "Faults of the edge's own, caught in a step. Alert on any: each is a bug.",
  },
  // clients
  connections_accepted_total: {
    kind: "counter",
    labels: [],
    unit: "connections",
    doc: "Client connections accepted.",
  },
  connections_refused_total: {
    kind: "counter",
    labels: [{ name: "reason", values: ["limit", "stopping", "descriptors", "overload"] }],
    unit: "connections",
    doc: "Client connections closed unserved: over the limit, while stopping, for want of file descriptors, or shed.",
  },
  connections_open: { kind: "gauge", labels: [], unit: "connections", doc: "Client connections open now." },
  client_timeouts_total: {
    kind: "counter",
    labels: [{ name: "phase", values: ["head", "idle", "body", "write"] }],
    unit: "timeouts",
    doc: "Clients that were too slow: sending the head or the body, between requests, or taking the response.",
  },
  // overload of the edge itself
  overload_stage: {
    kind: "gauge",
    labels: [resource],
    unit: "1",
    doc: "What a resource sheds: 0 nothing, 1 connections, 2 anonymous, 3 sessionless, 4 requests. Alert when it stays over 0.",
  },
  overload_load_ratio: {
    kind: "gauge",
    labels: [resource],
    unit: "1",
    doc: "Load of a resource as a share of a full one.",
  },
  overload_shed_total: {
    kind: "counter",
    labels: [{ name: "stage", values: ["connections", "anonymous", "sessionless", "requests"] }],
    unit: "requests",
    doc: "Connections or requests refused for an overload, by the stage that sheds them.",
  },
  // limits across processes
  limit_decisions_total: {
    kind: "counter",
    labels: [
      { name: "consistency", values: limitConsistencies },
      { name: "result", values: limitResults },
    ],
    unit: "requests",
    doc: "Requests under a limit with `scope: Global`; failed: the store did not answer, and the failure mode decided.",
  },
  limit_store_duration_seconds: {
    kind: "histogram",
    labels: [{ name: "use", values: storeUses }],
    unit: "seconds",
    doc: "From a question to the shared store to its answer; ask: a request waited, sync: none did.",
  },
  limit_store_overruns_total: {
    kind: "counter",
    labels: [],
    unit: "requests",
    doc: "Requests that waited for the shared store for as long as `redis.budget` allows.",
  },
  limit_store_failures_total: {
    kind: "counter",
    labels: [
      { name: "use", values: storeUses },
      { name: "reason", values: storeFaults },
    ],
    unit: "questions",
    doc: "Questions that the shared store did not answer, or with an error.",
  },
  limit_store_connected: {
    kind: "gauge",
    labels: [],
    unit: "1",
    doc: "1 while the shared store can be asked, else 0.",
  },
  limit_store_open: {
    kind: "gauge",
    labels: [{ name: "use", values: storeUses }],
    unit: "1",
    doc: "1 while the circuit breaker is open: the store is not asked but for a trial. Alert on it.",
  },
  limit_keys: { kind: "gauge", labels: [], unit: "keys", doc: "Buckets of shared limits that this process remembers." },
  // bodies
  body_spills_total: {
    kind: "counter",
    labels: [],
    unit: "bodies",
    doc: "Request bodies that went on to a temporary file.",
  },
  body_memory_bytes: { kind: "gauge", labels: [], unit: "bytes", doc: "Memory that request bodies hold now." },
  body_memory_budget_bytes: { kind: "gauge", labels: [], unit: "bytes", doc: "Memory that request bodies may hold." },
  body_disk_bytes: { kind: "gauge", labels: [], unit: "bytes", doc: "Disk that request bodies hold now." },
  body_disk_budget_bytes: { kind: "gauge", labels: [], unit: "bytes", doc: "Disk that request bodies may hold." },
  // workers
  requests_in_flight: { kind: "gauge", labels: [pool], unit: "requests", doc: "Requests that hold a worker now." },
  queue_depth: { kind: "gauge", labels: [pool], unit: "requests", doc: "Requests that wait for a worker now." },
  endpoints: {
    kind: "gauge",
    labels: [pool, { name: "state", values: ["healthy", "trial", "ejected", "draining"] }],
    unit: "endpoints",
    doc: "Endpoints by state; on trial: one request finds out whether an ejection may end.",
  },
  endpoints_busy: {
    kind: "gauge",
    labels: [pool],
    unit: "endpoints",
    doc: "Endpoints that did not answer their last active check in time; they still serve.",
  },
  ejections_total: {
    kind: "counter",
    labels: [pool, { name: "reason", values: ["refused", "reset", "connect_timeout", "unreachable"] }],
    unit: "ejections",
    doc: "Endpoints taken out of service, by the network fault that did it.",
  },
  connects_total: {
    kind: "counter",
    labels: [
      pool,
      { name: "result", values: ["opened", "reused", "refused", "reset", "connect_timeout", "unreachable"] },
    ],
    unit: "connections",
    doc: "Worker connections asked for: opened, reused, or failed and how.",
  },
  retries_total: {
    kind: "counter",
    labels: [pool],
    unit: "requests",
    doc: "Requests sent to another endpoint because nothing had reached the first.",
  },
  checks_total: {
    kind: "counter",
    labels: [pool, { name: "result", values: ["fine", "busy", "failed"] }],
    unit: "checks",
    doc: "Active checks: answered, timed out, or refused by the network.",
  },
  resolutions_total: {
    kind: "counter",
    labels: [pool, { name: "result", values: ["ok", "failed", "refused"] }],
    unit: "resolutions",
    doc: "DNS resolutions of endpoints; refused: an address that no worker may have.",
  },
  // rate limits
  rate_refusals_total: {
    kind: "counter",
    labels: [rule, { name: "scope", values: ["tenant", "client", "login"] }],
    unit: "requests",
    doc: "Requests over a rate, by whose: the tenant's, the client's own, or that of the login name that was tried.",
  },
  rate_buckets: {
    kind: "gauge",
    labels: [rateTable],
    unit: "buckets",
    doc: "Rate buckets that are not full now, estimated.",
  },
  rate_buckets_max: {
    kind: "gauge",
    labels: [rateTable],
    unit: "buckets",
    doc: "Rate buckets that there is room for.",
  },
  rate_overflows_total: {
    kind: "counter",
    labels: [rateTable],
    unit: "requests",
    doc: "Requests counted in a bucket that newcomers share, for want of room: some are held to less than their limit.",
  },
  rate_locks_broken_total: {
    kind: "counter",
    labels: [rateTable],
    unit: "locks",
    doc: "Locks of rate buckets that a thread took and never gave back. Alert on any: a thread died at work.",
  },
  // realtime
  tunnels_open: { kind: "gauge", labels: [pool], unit: "tunnels", doc: "WebSockets open now." },
  tunnels_opened_total: { kind: "counter", labels: [pool], unit: "tunnels", doc: "WebSockets opened." },
  tunnels_closed_total: {
    kind: "counter",
    labels: [pool, { name: "reason", values: ["client", "worker", "idle", "plan", "drain", "fault"] }],
    unit: "tunnels",
    doc: "WebSockets closed, by who or what ended them.",
  },
  tunnels_refused_total: {
    kind: "counter",
    labels: [pool],
    unit: "tunnels",
    doc: "WebSockets refused for their origin or over a cap.",
  },
  // logins
  login_attempts_total: {
    kind: "counter",
    labels: [
      { name: "kind", values: ["page", "second_factor", "session", "rpc_login", "rpc_call", "bearer"] },
      { name: "outcome", values: ["failed", "succeeded", "unknown"] },
    ],
    unit: "attempts",
    doc: "Password checks that a worker was asked for, by what its answer says of the password.",
  },
  login_refusals_total: {
    kind: "counter",
    labels: [loginScope, { name: "why", values: ["delayed", "blocked", "busy"] }],
    unit: "attempts",
    doc: "Attempts to log in that were refused: to wait after a failure, in a block, or with as many under way as may fail.",
  },
  login_blocks_total: {
    kind: "counter",
    labels: [loginScope],
    unit: "blocks",
    doc: "Blocks that a failed login began: one name from one client, a client, or a name for strangers.",
  },
  login_entries: {
    kind: "gauge",
    labels: [],
    unit: "entries",
    doc: "Counts of failed logins, and names with a success, in memory now.",
  },
  // the plan
  plan_info: {
    kind: "gauge",
    labels: [{ name: "hash", values: null }],
    unit: "1",
    doc: "Always 1; the label is the hash of the plan that serves.",
  },
  tenants: {
    kind: "gauge",
    labels: [{ name: "state", values: ["Active", "Maintenance", "Suspended"] }],
    unit: "tenants",
    doc: "Tenants of the plan that serves, by state.",
  },
  reloads_total: {
    kind: "counter",
    labels: [{ name: "result", values: ["applied", "unchanged", "refused"] }],
    unit: "reloads",
    doc: "Catalogs read again; a refused one leaves the old plan in service.",
  },
  last_reload_success_timestamp_seconds: {
    kind: "gauge",
    labels: [],
    unit: "seconds",
    doc: "When a catalog was last accepted, in seconds since 1970.",
  },
  // the process
  draining: { kind: "gauge", labels: [], unit: "1", doc: "1 from the signal to stop onwards, else 0." },
  log_lines_dropped_total: {
    kind: "counter",
    labels: [{ name: "stream", values: ["access", "audit", "events"] }],
    unit: "lines",
    doc: "Log lines lost because their reader or disk did not keep up.",
  },
  log_lines_suppressed_total: {
    kind: "counter",
    labels: [{ name: "stream", values: ["audit", "events"] }],
    unit: "lines",
    doc: "Log lines left out by their rate bound; a line in the stream says how many.",
  },
  process_start_time_seconds: {
    kind: "gauge",
    labels: [],
    unit: "seconds",
    doc: "When the process started, in seconds since 1970.",
  },
  process_cpu_seconds_total: { kind: "counter", labels: [], unit: "seconds", doc: "CPU time used, user and system." },
  process_resident_memory_bytes: { kind: "gauge", labels: [], unit: "bytes", doc: "Memory resident now." },
  nodejs_heap_used_bytes: { kind: "gauge", labels: [], unit: "bytes", doc: "JavaScript heap in use now." },
  nodejs_eventloop_lag_p99_seconds: {
    kind: "gauge",
    labels: [],
    unit: "seconds",
    doc: "99th percentile of the event loop's delay since the last scrape.",
  },
} as const satisfies Record<string, MetricRow>;

export type MetricName = keyof typeof metricTable;
type OfKind<K> = { [N in MetricName]: (typeof metricTable)[N]["kind"] extends K ? N : never }[MetricName];
export type CounterName = OfKind<"counter">;
export type GaugeName = OfKind<"gauge">;
export type HistogramName = OfKind<"histogram">;

/** One value for each label of a metric: a pool's index, or one of the values in the table. */
export type Place<N extends MetricName> = PlaceOf<(typeof metricTable)[N]["labels"]>;
type PlaceOf<L extends readonly Label[]> = {
  readonly [I in keyof L]: L[I]["values"] extends readonly (infer V)[] ? V : number;
};

/** The name that Prometheus sees: the field's own for what every process has, else with the prefix `hostward_`. */
export function exposedName(name: string): string {
  return name.startsWith("process_") || name.startsWith("nodejs_") ? name : `hostward_${name}`;
}
