/** The parts of a tenant's traffic that limits and logs name, in the order in which they are tried. */
export const ruleNames = ["deny", "rpc", "login", "realtime", "static", "app"] as const;
export type RuleName = (typeof ruleNames)[number];

/** Rules that can carry a rate limit. */
export type LimitedRule = Exclude<RuleName, "deny">;
