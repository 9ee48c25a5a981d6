/** What the edge tells while it serves → logs and metrics. */
import type { AnswerCode } from "../../core/answers.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { EventName, EventSink } from "../../metrics/events.ts";
import { stepLabels } from "../../metrics/labels.ts";
import type { AccessRecord } from "../../metrics/record.ts";
import type { LimitEvents } from "../../router/limits/store-watch.ts";
import type { Reporter } from "../../router/services.ts";
import type { PoolEvents } from "../../router/upstream/pool-deps.ts";
import { messageOf } from "../command-error.ts";
import type { Logs } from "./logs.ts";

/** Where the edge's words go. */
export interface LogSinks {
  readonly events: EventSink;
  readonly access: { finished(record: AccessRecord): void } | null;
  readonly audit: { finished(record: AccessRecord): void } | null;
}

/** Answers that an operator should hear of at once. */
const eventOf: Partial<Record<AnswerCode | "", EventName>> = {
  binding_lost: "binding_lost",
  body_storage: "body_storage_failed",
};

/** Tells the end of each request to logs and metrics, and faults to the event log. */
export function reporterTo({ events, access, audit }: LogSinks, metrics: EdgeMetrics): Reporter {
  return {
    finished(record) {
      metrics.finished(record);
      access?.finished(record);
      audit?.finished(record);
      const event = eventOf[record.code];
      if (event !== undefined) events.emit(event, place(record));
    },
    fault(step, cause) {
      metrics.increment("faults_total", 1, stepLabels.find((label) => label === step) ?? "-");
      events.emit("fault", { step, err: cause instanceof Error ? cause : new Error(messageOf(cause)) });
    },
    overload: ({ load, ...change }) =>
      events.emit("overload_changed", { ...change, load: Math.round(load * 100) / 100 }),
  };
}

function place({ tenant, pool, endpoint, requestId }: AccessRecord) {
  return { tenant, pool, endpoint, request_id: requestId };
}

/** Tells what a pool's endpoints go through. */
export function poolEventsTo({ events }: Logs, metrics: EdgeMetrics) {
  return (pool: string, metricsIndex: number): PoolEvents => ({
    added: () => {},
    removed: () => {},
    unresolved(hostname, cause) {
      metrics.increment("resolutions_total", 1, metricsIndex, "failed");
      events.emit("resolution_failed", { pool, hostname, reason: messageOf(cause) });
    },
    addressRefused(hostname, ip) {
      metrics.increment("resolutions_total", 1, metricsIndex, "refused");
      events.emit("resolution_failed", { pool, hostname, ip, reason: "no worker may have this address" });
    },
    ejected({ label }, reason, forMs) {
      metrics.increment("ejections_total", 1, metricsIndex, reason);
      events.emit("endpoint_ejected", { pool, endpoint: label, reason, for_ms: Math.round(forMs) });
    },
    restored: ({ label }) => events.emit("endpoint_restored", { pool, endpoint: label }),
    checked(_endpoint, outcome) {
      const result = outcome === "fine" || outcome === "busy" ? outcome : "failed";
      metrics.increment("checks_total", 1, metricsIndex, result);
    },
  });
}

/** Tells what the shared store of limits goes through. */
export function limitEventsTo({ events }: Logs): LimitEvents {
  return {
    connected: () => events.emit("limits_connected"),
    lost: (reason) => events.emit("limits_lost", { reason }),
    breaker: (use, state, reason) => events.emit("limits_breaker", { use, state, reason }),
  };
}
