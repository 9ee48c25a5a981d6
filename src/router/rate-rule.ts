import { type RuleName, ruleNames } from "../policy/rules.ts";

/** The number by which rate buckets tell rules apart. */
export function rateRule(rule: RuleName): number {
  return ruleNames.indexOf(rule);
}
