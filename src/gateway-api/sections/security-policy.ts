import { queryRefusals, type Refusal, type RefusalFacts, upgradeRefusals } from "../cel.ts";
import type { GatewayFacts, TenantFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { tenantMeta } from "../metadata.ts";
import { nameOf } from "../names.ts";
import { judgesBodies } from "../route-rules.ts";
import { redirectRoutes, servedRoutes, type TenantRoute } from "./http-route.ts";

/**
 * What SecurityPolicies refuse for a tenant. With lists of addresses it is one policy of the whole route, as they come before
 * every answer. Without, only rules that forward have one, the realtime rule its own: Envoy keeps a copy for each.
 */
export function tenantSecurity(facts: GatewayFacts, of: TenantFacts): Manifest[] {
  const { tenant } = of;
  const { allow, deny } = tenant.access;
  const queries = tenant.state === "Active" ? queryRefusals(refusalFacts(facts, of)) : [];
  const upgrades = tenant.state === "Active" ? upgradeRefusals(refusalFacts(facts, of)) : [];
  const name = nameOf(tenant.name);
  if (allow.length + deny.length > 0) {
    return [
      ...securityPolicy(facts, of, name, targetsOf(servedRoutes(of), null), [...upgrades, ...queries]),
      ...securityPolicy(facts, of, nameOf(tenant.name, "redirect"), targetsOf(redirectRoutes(of), null), []),
    ];
  }
  const forwarding = of.rules.filter(({ action }) => "forward" in action).map((rule) => rule.name);
  const [realtime, others] = [forwarding.filter(isRealtime), forwarding.filter((rule) => !isRealtime(rule))];
  return [
    ...securityPolicy(facts, of, name, targetsOf(servedRoutes(of), others), queries),
    ...securityPolicy(facts, of, nameOf(tenant.name, "realtime"), targetsOf(servedRoutes(of), realtime), [
      ...upgrades,
      ...queries,
    ]),
  ];
}

function isRealtime(rule: string): boolean {
  return rule === "realtime";
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

/** Whole routes (null), or some of their rules. */
function targetsOf(routes: readonly TenantRoute[], rules: readonly string[] | null) {
  return routes.flatMap(({ name }) => {
    const route = { group: "gateway.networking.k8s.io", kind: "HTTPRoute", name };
    return rules === null ? [route] : rules.map((sectionName) => ({ ...route, sectionName }));
  });
}

/** The policy, or none where it would refuse nothing. Any deny wins; an allow list admits only what it names. */
function securityPolicy(
  facts: GatewayFacts,
  { tenant, tier, part }: TenantFacts,
  name: string,
  targetRefs: ReturnType<typeof targetsOf>,
  refusals: readonly Refusal[],
): Manifest[] {
  const { allow, deny } = tenant.access;
  const rules: Readonly<Record<string, unknown>>[] = [
    ...(deny.length === 0 ? [] : [{ name: "denied", action: "Deny", principal: { clientCIDRs: deny } }]),
    ...refusals.map(({ name, cel }) => ({ name, action: "Deny", cel })),
    ...(allow.length === 0 ? [] : [{ name: "allowed", action: "Allow", principal: { clientCIDRs: allow } }]),
  ];
  if (targetRefs.length === 0 || rules.length === 0) return [];
  return [
    {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "SecurityPolicy",
      metadata: tenantMeta(facts, name, tenant.name, tier.name, part),
      spec: {
        targetRefs,
        // The guard that Envoy asks is the Gateway's policy, and goes on being asked.
        ...(facts.guard === "ExtAuth" ? { mergeType: "StrategicMerge" } : {}),
        authorization: { defaultAction: allow.length === 0 ? "Allow" : "Deny", rules },
      },
    },
  ];
}
