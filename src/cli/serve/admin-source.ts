import type { AdminSource, TenantReport } from "../../admin/sources.ts";
import type { RunningEdge } from "../../router/running-edge.ts";
import { version } from "../about.ts";

/** What the admin server shows of a running edge. */
export function adminSource(edge: RunningEdge): AdminSource {
  return {
    version,
    hash: () => edge.plan.plan.hash,
    plan: () => edge.plan.plan,
    tenant: (name) => tenantReport(edge, name),
    endpoints: () => edge.endpoints(),
  };
}

function tenantReport(edge: RunningEdge, name: string): TenantReport | null {
  const tenant = edge.plan.tenants.get(name);
  if (tenant === undefined) return null;
  const { live, lane } = tenant;
  return {
    tenant: tenant.planned,
    pool: tenant.upstream.name,
    tier: tenant.tier.name,
    inFlight: lane.counts.inFlight,
    queued: lane.queued,
    sockets: edge.socketsOf(name),
    counters: {
      requests: live.requests,
      answeredByEdge: live.answered,
      requestBodyBytes: live.bytesIn,
      responseBodyBytes: live.bytesOut,
    },
  };
}
