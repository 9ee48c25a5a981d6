import type { AnswerCode } from "../core/answers.ts";
import type { Classification } from "./rules.ts";

/** What of a tenant and its tier decides an outcome. */
export interface OutcomeTenant {
  readonly state: "Active" | "Maintenance" | "Suspended";
  readonly rpc: "bound" | "off";
}

/**
 * What routing found for a request: the answer to give in its place, or empty to forward.
 *
 * An alias redirects whatever is asked, as Envoy's redirect route does; then the tenant's state, then its rule.
 * `aliasRedirect`: whether the host is an alias with mode Redirect.
 */
export function outcomeOf(tenant: OutcomeTenant, aliasRedirect: boolean, c: Classification): AnswerCode | "" {
  if (aliasRedirect) return "alias_redirect";
  if (tenant.state === "Suspended") return "suspended";
  if (tenant.state === "Maintenance") return "maintenance";
  return ruleOutcome(tenant, c);
}

/** What the rule alone answers, whatever host and state the tenant is asked at: closed doors, and RPC where it is off. */
export function ruleOutcome({ rpc }: Pick<OutcomeTenant, "rpc">, c: Classification): AnswerCode | "" {
  if (c.code !== "") return c.code;
  return c.rule === "rpc" && rpc === "off" ? "rpc_off" : "";
}
