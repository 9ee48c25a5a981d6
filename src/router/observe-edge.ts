/** The gauges of a running edge, read at each scrape. */
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { Plan } from "../plan/types.ts";
import type { EdgeServices } from "./services.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** Has the edge's numbers read; `upstreams` and what `connections` counts go on to change. */
export function observeEdge(
  metrics: EdgeMetrics,
  services: EdgeServices,
  upstreams: ReadonlyMap<string, Upstream>,
  connections: () => number,
): void {
  const { bodies, tunnels } = services;
  services.overload.observe(metrics);
  metrics.observe("connections_open", connections);
  metrics.observe("body_memory_bytes", () => bodies.memory.bytes);
  metrics.observe("body_memory_budget_bytes", () => bodies.settings.memoryBudgetBytes);
  metrics.observe("body_disk_bytes", () => bodies.disk.bytes);
  metrics.observe("body_disk_budget_bytes", () => bodies.settings.diskBudgetBytes);
  metrics.observe("login_entries", () => services.logins.size);
  metrics.observe("draining", () => (services.draining ? 1 : 0));
  metrics.observe("tunnels_open", () => Array.from(tunnels.byPool(), ([pool, open]) => [[pool], open] as const));
  metrics.observe("queue_depth", () => Array.from(upstreams.values(), (u) => [[u.name], u.scheduling.depth] as const));
  metrics.observe("requests_in_flight", () => Array.from(upstreams.values(), (u) => [[u.name], inFlight(u)] as const));
  metrics.observe("endpoints", () => [...upstreams.values()].flatMap(endpointStates));
  metrics.observe("plan_info", () => [[[services.plan.plan.hash], 1] as const]);
  metrics.observe("tenants", () => tenantStates(services.plan.plan));
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
