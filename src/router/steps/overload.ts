import { hasSession } from "../../policy/cookies.ts";
import { overloadStages, shedAt } from "../../policy/limits/overload.ts";
import type { RuleName } from "../../policy/rules.ts";
import type { Exchange } from "../exchange.ts";
import type { Step } from "../pipeline.ts";

/** Behind step 5: while the edge itself is overloaded, requests that are the cheapest to lose; for what would be forwarded. */
export const overload: Step = {
  name: "overload",
  run(x) {
    if (x.services.overload.bodyLevel === 0) return "next";
    return shed(x) ? "overloaded" : "next";
  },
  explain(x) {
    const { bodyLevel } = x.services.overload;
    return bodyLevel === 0 ? "not overloaded" : `sheds ${overloadStages.slice(1, bodyLevel + 1).join(", ")}`;
  },
};

/** Whether this request is one to be refused now; counts it. */
function shed(x: Exchange): boolean {
  if (x.outcome !== "") return false;
  const { overload, metrics } = x.services;
  const stage = shedAt(x.bodyRead ? overload.level : overload.bodyLevel, {
    rule: x.rule as RuleName,
    realtime: x.realtime,
    internal: x.internal,
    session: x.head.cookie !== null && hasSession(x.head.cookie),
  });
  if (stage === "none") return false;
  metrics.increment("overload_shed_total", 1, stage);
  return true;
}
