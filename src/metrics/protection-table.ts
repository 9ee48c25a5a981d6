import { loginScope, type MetricRow, pool, rateTable, rule } from "./labels.ts";

/** Metrics of what is held back, and of what stays open. */
export const protectionMetrics = {
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
} as const satisfies Record<string, MetricRow>;
