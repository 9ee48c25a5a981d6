import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { LinkedPlan, LinkedTenant } from "./link.ts";
import type { Tunnel, TunnelEnd } from "./tunnel.ts";

/** All open tunnels of the edge: counted, swept, and closed when their tenant changes or the edge stops. */
export class Tunnels {
  readonly #open = new Set<Tunnel>();
  readonly #metrics: EdgeMetrics;
  readonly #random: () => number;

  constructor(metrics: EdgeMetrics, random: () => number) {
    this.#metrics = metrics;
    this.#random = random;
  }

  get size(): number {
    return this.#open.size;
  }

  add(tunnel: Tunnel): void {
    this.#open.add(tunnel);
    this.#metrics.increment("tunnels_opened_total", 1, tunnel.x.poolIndex);
  }

  remove(tunnel: Tunnel, reason: TunnelEnd): void {
    if (this.#open.delete(tunnel)) this.#metrics.increment("tunnels_closed_total", 1, tunnel.x.poolIndex, reason);
  }

  /** Open tunnels by pool name. */
  byPool(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { x } of this.#open) counts.set(x.pool, (counts.get(x.pool) ?? 0) + 1);
    return counts;
  }

  sweep(nowMs: number): void {
    for (const tunnel of this.#open) tunnel.sweep(nowMs);
  }

  /** Closes the tunnels of tenants whose state, hostname, database, pool or access changed, spread over the jitter. */
  closeChanged(next: LinkedPlan): void {
    const jitterMs = next.plan.edge.realtime.closeJitterMs;
    for (const tunnel of this.#open) {
      const { bound, plan } = tunnel.x;
      if (plan !== next && changed(bound!, next.tenants.get(bound!.name)))
        tunnel.closeLater("plan", this.#random() * jitterMs);
    }
  }

  closeAll(withinMs: number): void {
    for (const tunnel of this.#open) tunnel.closeLater("drain", this.#random() * withinMs);
  }
}

/** Whether a socket opened for `before` would be answered otherwise, or by another worker, for `after`. */
function changed(before: LinkedTenant, after: LinkedTenant | undefined): boolean {
  if (after === undefined || before.upstream !== after.upstream) return true;
  const a = before.planned;
  const b = after.planned;
  return (
    a.state !== b.state ||
    a.hostname !== b.hostname ||
    a.database !== b.database ||
    JSON.stringify(a.access) !== JSON.stringify(b.access)
  );
}
