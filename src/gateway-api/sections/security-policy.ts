import { type RefusalFacts, refusalsOf } from "../cel.ts";
import type { GatewayFacts, TenantFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { tenantMeta } from "../metadata.ts";
import { nameOf } from "../names.ts";
import { judgesBodies } from "../route-rules.ts";
import { redirectRoutes, servedRoutes, type TenantRoute } from "./http-route.ts";

/** One SecurityPolicy for what leads to the tenant's workers; one for its redirects, where it has lists of addresses. */
export function tenantSecurity(facts: GatewayFacts, of: TenantFacts): Manifest[] {
  const { tenant } = of;
  const served = tenant.state === "Active" ? refusalsOf(refusalFacts(facts, of)) : [];
  const refusing = served.map(({ name, cel }) => ({ name, action: "Deny", cel }));
  return [
    ...securityPolicy(facts, of, nameOf(tenant.name), servedRoutes(of), refusing),
    ...securityPolicy(facts, of, nameOf(tenant.name, "redirect"), redirectRoutes(of), []),
  ];
}

function refusalFacts(facts: GatewayFacts, of: TenantFacts): RefusalFacts {
  const { tenant, pool } = of;
  const { database, formerDatabases, guardExempt } = tenant;
  const judgesQueries = !judgesBodies(facts.guard);
  const origins = ownOrigins(facts.externalPort, tenant);
  return { odooMajor: pool.odooMajor, database, formerDatabases, guardExempt, origins, judgesQueries };
}

/** What of a tenant, in the plan or in the catalog, makes its own origins. */
interface OriginTenant {
  readonly hostname: string;
  readonly aliases: readonly { readonly hostname: string }[];
  readonly origins: readonly string[];
}

/** Origins of the tenant's own pages: by either scheme on the port that clients see, and those on its list. */
export function ownOrigins(externalPort: number, tenant: OriginTenant): string[] {
  const hosts = [tenant.hostname, ...tenant.aliases.map(({ hostname }) => hostname)];
  const own = hosts.flatMap((host) => [
    `http://${host}${externalPort === 80 ? "" : `:${externalPort}`}`,
    `https://${host}${externalPort === 443 ? "" : `:${externalPort}`}`,
  ]);
  return [...own, ...tenant.origins];
}

type AuthorizationRule = Readonly<Record<string, unknown>>;

/** The policy, or none where it would refuse nothing. Any deny wins; an allow list admits only what it names. */
function securityPolicy(
  facts: GatewayFacts,
  { tenant, tier, part }: TenantFacts,
  name: string,
  routes: readonly TenantRoute[],
  refusing: readonly AuthorizationRule[],
): Manifest[] {
  const { allow, deny } = tenant.access;
  const rules: AuthorizationRule[] = [
    ...(deny.length === 0 ? [] : [{ name: "denied", action: "Deny", principal: { clientCIDRs: deny } }]),
    ...refusing,
    ...(allow.length === 0 ? [] : [{ name: "allowed", action: "Allow", principal: { clientCIDRs: allow } }]),
  ];
  if (routes.length === 0 || rules.length === 0) return [];
  return [
    {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "SecurityPolicy",
      metadata: tenantMeta(facts, name, tenant.name, tier.name, part),
      spec: {
        targetRefs: routes.map((route) => ({
          group: "gateway.networking.k8s.io",
          kind: "HTTPRoute",
          name: route.name,
        })),
        // The guard that Envoy asks is the Gateway's policy, and goes on being asked.
        ...(facts.guard === "ExtAuth" ? { mergeType: "StrategicMerge" } : {}),
        authorization: { defaultAction: allow.length === 0 ? "Allow" : "Deny", rules },
      },
    },
  ];
}
