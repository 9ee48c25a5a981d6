import type { Problem } from "../../core/problem.ts";
import { foldWww } from "../hostname.ts";
import type { Declarations } from "../lint.ts";
import { problemAtPath, whereabouts } from "../located.ts";
import type { TenantDocument } from "../schema.ts";
import type { Declared } from "../validate.ts";
import { quote } from "../wording.ts";

type Tenant = Declared<TenantDocument>;

/**
 * One hostname, one tenant.
 *
 * Within a tenant hostnames must differ; between tenants they must also differ without a leading `www.`, since Odoo
 * would open the same database for both.
 */
export function* lintHostnames({ tenants }: Declarations): Generator<Problem> {
  const exact = new Map<string, Tenant>();
  const folded = new Map<string, Tenant>();
  for (const tenant of tenants) {
    for (const { hostname, path } of hostnamesOf(tenant.value)) {
      const twin = exact.get(hostname) ?? folded.get(foldWww(hostname));
      if (twin !== undefined && (twin !== tenant || exact.has(hostname))) {
        yield problemAtPath(
          tenant.node,
          path,
          "hostname_taken",
          takenMessage(hostname, twin, tenant),
          twin === tenant ? "remove one of the two" : undefined,
        );
        continue;
      }
      exact.set(hostname, tenant);
      folded.set(foldWww(hostname), tenant);
    }
  }
}

function hostnamesOf({ spec }: TenantDocument): Array<{ hostname: string; path: PropertyKey[] }> {
  const aliases = spec.aliases.map(({ hostname }, i) => ({ hostname, path: ["spec", "aliases", i, "hostname"] }));
  return [{ hostname: spec.hostname, path: ["spec", "hostname"] }, ...aliases];
}

function takenMessage(hostname: string, twin: Tenant, tenant: Tenant): string {
  if (twin === tenant) return `cannot use hostname ${quote(hostname)} twice in one tenant`;
  return `cannot use hostname ${quote(hostname)}: Tenant ${quote(twin.value.metadata.name)} ${whereabouts(twin.node)} has it, with or without \`www.\``;
}
