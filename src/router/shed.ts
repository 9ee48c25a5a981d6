import { hasSession } from "../policy/cookies.ts";
import { shedAt } from "../policy/limits/overload.ts";
import type { RuleName } from "../policy/rules.ts";
import type { Exchange } from "./exchange.ts";
import type { Verdict } from "./pipeline.ts";

/**
 * While the edge itself is overloaded: refuses a routed request that is among the cheapest to lose, and counts it. What
 * the edge answers itself costs no more than that, and passes.
 */
export function shed(x: Exchange): Verdict {
  if (x.outcome !== "") return "next";
  const { overload, metrics } = x.services;
  const stage = shedAt(x.bodyRead ? overload.level : overload.bodyLevel, {
    rule: x.rule as RuleName,
    realtime: x.realtime,
    internal: x.internal,
    session: x.head.cookie !== null && hasSession(x.head.cookie),
  });
  if (stage === "none") return "next";
  metrics.increment("overload_shed_total", 1, stage);
  return "overloaded";
}
