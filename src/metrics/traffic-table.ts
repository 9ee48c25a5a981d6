import {
  classLabels,
  code,
  connectResults,
  limitConsistencies,
  limitResults,
  type MetricRow,
  pool,
  resource,
  rule,
  stepLabels,
  storeFaults,
  storeUses,
} from "./labels.ts";

/** Metrics of requests, clients and workers. */
export const trafficMetrics = {
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
    labels: [pool, { name: "result", values: connectResults }],
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
} as const satisfies Record<string, MetricRow>;
