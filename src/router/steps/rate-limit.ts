import type { AnswerCode } from "../../core/answers.ts";
import type { RuleLimits } from "../../plan/types.ts";
import type { RateLimit } from "../../policy/limits/token-bucket.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import type { Exchange } from "../exchange.ts";
import { ASKED, UNAVAILABLE } from "../limits/shared-limits.ts";
import type { Step } from "../pipeline.ts";

/** Step 7: limits per tenant and per client of the rule, in this process or shared; only for what would be forwarded. */
export const rateLimit: Step = {
  name: "rate_limit",
  run(x) {
    const limits = limitsOf(x);
    if (limits === null) return "next";
    const { shared } = x.services;
    if (limits.scope === "Local" || shared === null) return limitVerdict(x, takeToken(x, limits));
    const waitMs = shared.ask(limits, x.tenant, x.rule as LimitedRule, x.clientAddress, x);
    return waitMs === ASKED ? "wait" : limitVerdict(x, waitMs);
  },
  explain(x) {
    const limits = limitsOf(x);
    if (limits === null) return "no limit for this request";
    const where = limits.scope === "Local" ? "" : `, shared (${limits.consistency})`;
    return `rule ${x.rule}: ${describe(limits.perTenant)} per tenant, ${describe(limits.perClient)} per client${where}`;
  },
};

/** What follows from a limit's answer: 0 is granted, else the wait, or that the store is not there. */
export function limitVerdict(x: Exchange, waitMs: number): "next" | AnswerCode {
  if (waitMs === UNAVAILABLE) return "limits_unavailable";
  x.retryAfterMs = waitMs;
  return waitMs === 0 ? "next" : "rate_limited";
}

/** 0 when the request is within both limits, else milliseconds until it would be; a refused one takes from neither. */
function takeToken(x: Exchange, { perTenant, perClient }: RuleLimits): number {
  const { buckets } = x.services;
  const key = `${x.tenant}/${x.rule}`;
  if (perClient === null) return perTenant === null ? 0 : buckets.take(key, perTenant, x.startMs);
  const clientKey = `${key}/${x.clientAddress}`;
  if (perTenant === null) return buckets.take(clientKey, perClient, x.startMs);
  return buckets.takeBoth(key, perTenant, clientKey, perClient, x.startMs);
}

/** The limits that this request counts against; null without any. */
function limitsOf(x: Exchange): RuleLimits | null {
  if (x.outcome !== "" || x.internal || x.rule === "deny") return null;
  const limits = x.bound!.tier.limits[x.rule as LimitedRule];
  return limits.perTenant === null && limits.perClient === null ? null : limits;
}

function describe(limit: RateLimit | null): string {
  return limit === null ? "no limit" : `${limit.requests} requests per ${limit.perMs / 1000} s (burst ${limit.burst})`;
}
