import type { AdminSource, TenantReport } from "../../admin/sources.ts";
import type { Edge } from "../../router/edge.ts";
import { version } from "../about.ts";

/** What the admin server shows of a running edge. */
export function adminSource(edge: Edge): AdminSource {
  return {
    version,
    hash: () => edge.plan.plan.hash,
    plan: () => edge.plan.plan,
    tenant: (name) => tenantReport(edge, name),
    endpoints: () => edge.endpoints(),
  };
}

function tenantReport(edge: Edge, name: string): TenantReport | null {
  const tenant = edge.plan.tenants.get(name);
  if (tenant === undefined) return null;
  const live = tenant.liveIfAny;
  return {
    tenant: tenant.planned,
    pool: tenant.upstream.name,
    tier: tenant.tier.name,
    inFlight: live === null ? 0 : tenant.lane.counts.inFlight,
    queued: live === null ? 0 : tenant.lane.queued,
    sockets: edge.socketsOf(name),
    counters: {
      requests: live?.requests ?? 0,
      answeredByEdge: live?.answered ?? 0,
      requestBodyBytes: live?.bytesIn ?? 0,
      responseBodyBytes: live?.bytesOut ?? 0,
    },
  };
}
