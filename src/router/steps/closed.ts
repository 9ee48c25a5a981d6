import { ruleOutcome } from "../../policy/outcome.ts";
import type { Step } from "../pipeline.ts";

/**
 * Step 8 of the authorizer: closed doors are closed here as well, whatever Envoy makes of the path. An alias that
 * redirects and a tenant that is out of service are Envoy's to answer; until then their requests are judged like any
 * other, so that one whom Envoy's older routes still forward names no other database either.
 */
export const closed: Step = {
  name: "outcome",
  run(x) {
    return ruleOutcome(x.bound!, x.classification!) || "next";
  },
  explain() {
    return "no closed door";
  },
};
