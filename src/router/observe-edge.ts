/** The gauges of a running edge, read at each scrape. */
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { Plan } from "../plan/types.ts";
import type { BodyBudgets } from "./http1/body-store.ts";
import type { EdgeServices } from "./services.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** Has the numbers of one thread read; what `connections` counts goes on to change. */
export function observeEdge(
  metrics: EdgeMetrics,
  { overload, tunnels }: EdgeServices,
  connections: () => number,
): void {
  overload.observe(metrics);
  metrics.observe("connections_open", connections);
  metrics.observe("tunnels_open", () => Array.from(tunnels.byPool(), ([pool, open]) => [[pool], open] as const));
}

/** What an edge has once, however many threads serve. */
export interface ProcessState {
  plan(): Plan;
  draining(): boolean;
  /** Entries of failed logins. */
  logins(): number;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly bodies: BodyBudgets;
}

/** Has the numbers of the whole edge read; what `state` holds goes on to change. */
export function observeProcess(
  metrics: EdgeMetrics,
  { plan, draining, logins, upstreams, bodies }: ProcessState,
): void {
  metrics.observe("body_memory_bytes", () => bodies.memory.bytes);
  metrics.observe("body_memory_budget_bytes", () => plan().edge.bodies.memoryBudgetBytes);
  metrics.observe("body_disk_bytes", () => bodies.disk.bytes);
  metrics.observe("body_disk_budget_bytes", () => plan().edge.bodies.diskBudgetBytes);
  metrics.observe("login_entries", logins);
  metrics.observe("draining", () => (draining() ? 1 : 0));
  metrics.observe("queue_depth", () => Array.from(upstreams.values(), (u) => [[u.name], u.scheduling.depth] as const));
  metrics.observe("requests_in_flight", () => Array.from(upstreams.values(), (u) => [[u.name], inFlight(u)] as const));
  metrics.observe("endpoints", () => [...upstreams.values()].flatMap(endpointStates));
  metrics.observe("plan_info", () => [[[plan().hash], 1] as const]);
  metrics.observe("tenants", () => tenantStates(plan()));
}

function inFlight(upstream: Upstream): number {
  return upstream.scheduling.report().reduce((sum, endpoint) => sum + endpoint.inFlight, 0);
}

function endpointStates(upstream: Upstream): (readonly [readonly string[], number])[] {
  const counts: Record<string, number> = { healthy: 0, busy: 0, ejected: 0, draining: 0 };
  for (const { state, lastCheck } of upstream.scheduling.report()) {
    const shown = state === "trial" ? "ejected" : state === "healthy" && lastCheck === "busy" ? "busy" : state;
    counts[shown] = (counts[shown] ?? 0) + 1;
  }
  return Object.entries(counts).map(([state, count]) => [[upstream.name, state], count] as const);
}

function tenantStates(plan: Plan): (readonly [readonly string[], number])[] {
  const counts: Record<string, number> = { Active: 0, Maintenance: 0, Suspended: 0 };
  for (const { state } of plan.tenants) counts[state] = (counts[state] ?? 0) + 1;
  return Object.entries(counts).map(([state, count]) => [[state], count] as const);
}
