/** Plan → manifests, as a tree of files, and what production cannot do of what the plan says. */

import { type LostRow, lostRows, parityRows } from "../plan/parity.ts";
import type { Plan } from "../plan/types.ts";
import { gatewayFacts, partHash } from "./facts.ts";
import type { ManifestFile } from "./manifest.ts";
import { answerFilters } from "./sections/answers.ts";
import { gatewayTrafficPolicy, tierTrafficPolicies } from "./sections/backend-traffic.ts";
import { clientTrafficPolicy } from "./sections/client-traffic.ts";
import { type CustomerAccess, customerAccess } from "./sections/customer-access.ts";
import { extAuthPolicy } from "./sections/ext-auth.ts";
import { forwardRewrite } from "./sections/forward-rewrite.ts";
import { gatewayManifests } from "./sections/gateway.ts";
import { guardComponents } from "./sections/guard-sidecar.ts";
import { catchAllRoute, tenantRoutes } from "./sections/http-route.ts";
import { referenceGrant, workerNamespaces } from "./sections/reference-grant.ts";
import { tenantSecurity } from "./sections/security-policy.ts";

export interface EmitOptions {
  /** Whose customers get a Role that reads their own routes. */
  readonly customerAccess: CustomerAccess;
  /** Version of Hostward, for the annotation that says what made an object. */
  readonly version: string;
}

/** What `emit` would write. */
export interface Emitted {
  /** Sorted by path; the same plan gives the same files. */
  readonly files: readonly ManifestFile[];
  readonly lost: readonly LostRow[];
  /** What the cluster must have that is not among the files, where not every catalog needs it. */
  readonly needs: readonly string[];
}

/** More files in one folder are slow to make, to list and for git. */
const FOLDER_FILES_MAX = 1000;

/** Where a tenant's file is: in one folder, or by two digits of its name's digest where there are many tenants. */
function tenantPath(name: string, tenants: number): string {
  if (tenants <= FOLDER_FILES_MAX) return `tenants/${name}.yaml`;
  return `tenants/${partHash(name).slice(0, 2)}/${name}.yaml`;
}

/** Every row of the parity table that can be lost, by its id. */
export const lossIds: readonly string[] = parityRows.filter((row) => row.class === "lost").map(({ id }) => id);

/** The manifests of `plan`: one file for each tenant, each tier, each namespace of workers, and what all share. */
export function emitManifests(plan: Plan, options: EmitOptions): Emitted {
  const facts = gatewayFacts(plan, options.version);
  const shared: ManifestFile[] = [
    { path: "gateway/gateway.yaml", manifests: gatewayManifests(facts) },
    { path: "gateway/client-traffic.yaml", manifests: [clientTrafficPolicy(facts)] },
    { path: "gateway/backend-traffic.yaml", manifests: [gatewayTrafficPolicy(facts)] },
    { path: "gateway/filters.yaml", manifests: [forwardRewrite(facts), ...answerFilters(facts)] },
    { path: "gateway/catch-all.yaml", manifests: [catchAllRoute(facts)] },
    { path: "gateway/ext-auth.yaml", manifests: extAuthPolicy(facts) },
  ];
  const tiers = Map.groupBy(tierTrafficPolicies(facts), (policy) => policy.metadata.labels!["hostward.dev/tier"]!);
  const files = [
    ...shared.filter(({ manifests }) => manifests.length > 0),
    ...Array.from(tiers, ([tier, manifests]) => ({ path: `tiers/${tier}.yaml`, manifests })),
    ...workerNamespaces(facts).map((namespace) => ({
      path: `namespaces/${namespace}.yaml`,
      manifests: [referenceGrant(facts, namespace)],
    })),
    ...facts.tenants.map((of) => ({
      path: tenantPath(of.tenant.name, plan.tenants.length),
      // A policy that waits for its route harms nobody; a route that waits for its policy is open.
      manifests: [
        ...tenantSecurity(facts, of),
        ...tenantRoutes(facts, of),
        ...customerAccess(facts, of, options.customerAccess),
      ],
    })),
    ...guardComponents(facts),
  ];
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), lost: lostRows(plan), needs: needsOf(plan) };
}

function needsOf({ tiers }: Plan): string[] {
  const shared = tiers.filter(({ limits }) => Object.values(limits).some(({ scope }) => scope === "Global"));
  if (shared.length === 0) return [];
  const names = shared.map(({ name }) => `\`${name}\``).join(", ");
  return [`\`rateLimit.backend\` in the EnvoyGateway configuration, or routes with limits of ${names} answer 500`];
}
