import type { RuleLimits } from "../../plan/types.ts";
import type { RateLimit } from "../../policy/limits/gcra.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import type { Exchange } from "../exchange.ts";
import { limitVerdict } from "../limit-verdict.ts";
import { ASKED } from "../limits/limit-gate.ts";
import type { Step } from "../pipeline.ts";
import { rateRule } from "../rate-rule.ts";

/** Step 7: what a tenant and a client may ask per rule, in this process or in all; only for what would be forwarded. */
export const rateLimit: Step = {
  name: "rate_limit",
  run(x) {
    const limits = limitsOf(x);
    if (limits === null || (limits.perTenant === null && limits.perClient === null)) return "next";
    const { shared } = x.services;
    if (limits.scope === "Local" || shared === null) return take(x, limits) ? "next" : "rate_limited";
    const waitMs = shared.ask(limits, x.tenant, x.rule as LimitedRule, x.clientAddress, x);
    return waitMs === ASKED ? "wait" : limitVerdict(x, waitMs);
  },
  explain(x) {
    const limits = limitsOf(x);
    if (limits === null) return "no limit for this request";
    const parts = [["tenant", limits.perTenant] as const, ["client", limits.perClient] as const];
    const told = parts.map(([scope, limit]) => `${describe(limit)} per ${scope}`);
    if (limits.perLogin !== null) told.push(`${describe(limits.perLogin)} per login name`);
    const where = limits.scope === "Local" ? "" : `; shared (${limits.consistency})`;
    return `rule ${x.rule}: ${told.join(", ")}${where}`;
  },
};

/** Whether the request is within both limits; a refused one takes from neither. */
function take(x: Exchange, { perTenant, perClient }: RuleLimits): boolean {
  const { rates, metrics } = x.services;
  const rule = x.rule as LimitedRule;
  rates.nowMs = x.startMs;
  x.retryAfterMs = rates.take(x.bound!.rateId, rateRule(rule), x.clientAddress, perTenant, perClient);
  const refused = x.retryAfterMs > 0;
  if (refused) metrics.increment("rate_refusals_total", 1, rule, rates.refusedBy);
  if (perClient === null || (refused && rates.refusedBy !== "client")) return !refused;
  x.rateLimit = perClient;
  x.rateRemaining = rates.remaining;
  x.rateResetS = rates.resetS;
  return !refused;
}

/** The limits that this request counts against; null without any. */
function limitsOf(x: Exchange): RuleLimits | null {
  if (x.outcome !== "" || x.internal || x.rule === "deny") return null;
  const limits = x.bound!.tier.limits[x.rule as LimitedRule];
  const { perTenant, perClient, perLogin } = limits;
  return perTenant === null && perClient === null && perLogin === null ? null : limits;
}

function describe(limit: RateLimit | null): string {
  return limit === null ? "no limit" : `${limit.requests} requests per ${limit.perMs / 1000} s (burst ${limit.burst})`;
}
