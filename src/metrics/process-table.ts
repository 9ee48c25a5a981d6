import type { MetricRow } from "./labels.ts";

/** Metrics of the plan and of the process. */
export const processMetrics = {
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
  threads: { kind: "gauge", labels: [], unit: "threads", doc: "Threads that serve clients now." },
  thread_deaths_total: {
    kind: "counter",
    labels: [],
    unit: "threads",
    doc: "Threads that ended by themselves and were replaced; what they held was given back. Alert on any.",
  },
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
