import type { GatewayFacts, TenantFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { tenantMeta } from "../metadata.ts";
import { nameOf } from "../names.ts";
import { redirectRoutes, servedRoutes } from "./http-route.ts";

/** Whose customers may read their routes: nobody's, all, or those of the tiers that are named. */
export type CustomerAccess = "none" | "all" | readonly string[];

/** A Role that reads exactly the tenant's own HTTPRoutes, and its binding to the group of that customer. */
export function customerAccess(facts: GatewayFacts, of: TenantFacts, access: CustomerAccess): Manifest[] {
  const { tenant, tier, part } = of;
  if (access === "none" || (access !== "all" && !access.includes(tier.name))) return [];
  const name = nameOf(tenant.name, "customer");
  const metadata = tenantMeta(facts, name, tenant.name, tier.name, part);
  const routes = [...servedRoutes(of), ...redirectRoutes(of)].map((route) => route.name);
  return [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata,
      // `list` and `watch` would need a field selector to stay within these names: `get` never leaves them.
      rules: [
        {
          apiGroups: ["gateway.networking.k8s.io"],
          resources: ["httproutes"],
          resourceNames: routes,
          verbs: ["get"],
        },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: `hostward:customer:${tenant.name}` }],
    },
  ];
}
