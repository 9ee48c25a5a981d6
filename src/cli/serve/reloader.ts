import type { Problem } from "../../core/problem.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { EventLog } from "../../metrics/events.ts";
import { compileOffThread } from "../../plan/off-thread.ts";
import type { Plan } from "../../plan/types.ts";
import type { RunningEdge } from "../../router/running-edge.ts";
import { messageOf } from "../command-error.ts";
import { edgeListenError } from "./listen-error.ts";

/**
 * Reads the catalog again when asked, one time after the other: requests that come while it is being read make one
 * more reading. A catalog with errors, or one whose listeners cannot be opened, leaves the plan in service.
 */
export class Reloader {
  readonly #layers: readonly string[];
  readonly #events: EventLog;
  readonly #metrics: EdgeMetrics;
  #edge: RunningEdge | null = null;
  #wanted = false;
  #running: Promise<void> | null = null;

  constructor(layers: readonly string[], events: EventLog, metrics: EdgeMetrics) {
    this.#layers = layers;
    this.#events = events;
    this.#metrics = metrics;
  }

  /** The edge serves `plan`; what changed since it was read is read now. */
  begin(edge: RunningEdge): void {
    this.#edge = edge;
    this.#applied("plan_applied", edge.plan.plan);
    if (this.#wanted) this.request();
  }

  /** The files may have changed. */
  request(): void {
    this.#wanted = true;
    if (this.#edge === null) return;
    this.#running ??= this.#run(this.#edge).finally(() => {
      this.#running = null;
    });
  }

  /** No reading begins any more; resolves when the one that runs is done. */
  async end(): Promise<void> {
    this.#edge = null;
    this.#wanted = false;
    await this.#running;
  }

  async #run(edge: RunningEdge): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      await this.#reload(edge);
    }
  }

  async #reload(edge: RunningEdge): Promise<void> {
    const { plan, problems } = await compileOffThread(this.#layers);
    if (this.#edge === null) return;
    tellProblems(problems, this.#events);
    if (plan === undefined) return this.#refused({ errors: errorsIn(problems) });
    const before = edge.plan.plan;
    if (plan.hash === before.hash) {
      this.#metrics.increment("reloads_total", 1, "unchanged");
      return this.#applied("plan_unchanged", plan);
    }
    try {
      await edge.swap(plan);
    } catch (cause) {
      return this.#refused({ reason: messageOf(edgeListenError(cause, plan.edge)) });
    }
    this.#metrics.increment("reloads_total", 1, "applied");
    this.#applied("plan_applied", plan);
    this.#tellMoved(before, plan);
  }

  #applied(event: "plan_applied" | "plan_unchanged", { hash, tenants, pools }: Plan): void {
    this.#metrics.setGauge("last_reload_success_timestamp_seconds", Date.now() / 1000);
    this.#events.emit(event, { hash, tenants: tenants.length, pools: pools.length });
  }

  #refused(why: Readonly<Record<string, unknown>>): void {
    this.#metrics.increment("reloads_total", 1, "refused");
    this.#events.emit("plan_refused", why);
  }

  #tellMoved(before: Plan, after: Plan): void {
    for (const field of ["telemetry", "admin"] as const) {
      const { address, port } = after.edge[field];
      const old = before.edge[field];
      if (address !== old.address || port !== old.port) {
        this.#events.emit("restart_needed", { field: `spec.${field}`, address, port });
      }
    }
  }
}

/** Every problem as an event. */
export function tellProblems(problems: readonly Problem[], events: EventLog): void {
  for (const problem of problems) {
    events.emit(problem.code === "unreadable" ? "catalog_unreadable" : "catalog_problem", { ...problem });
  }
}

function errorsIn(problems: readonly Problem[]): number {
  return problems.filter((problem) => problem.severity === "error").length;
}
