/** Tries to log in, counted by the name that they are for: what a guesser with many addresses has only one of. */
import { LOGIN_FIELD } from "../policy/guard/login-fields.ts";
import { type LoginHash, LoginName } from "../policy/guard/login-name.ts";
import { valuesInQuery } from "../policy/guard/query.ts";
import type { LoginTry } from "../policy/guard/types.ts";
import { clientNetwork } from "../policy/limits/client-network.ts";
import type { Exchange } from "./exchange.ts";
import { limitVerdict } from "./limit-verdict.ts";
import { ASKED } from "./limits/limit-gate.ts";
import type { Verdict } from "./pipeline.ts";
import { rateRule } from "./rate-rule.ts";

/**
 * Finds whose login a request tries, notes it as `loginKey`, and takes one try from that name's limit. Behind the guard:
 * what it refuses is no try. A client that is known to log in with the name does not count, or strangers could keep it
 * out with tries of their own.
 */
export function takeLogin(x: Exchange): Verdict {
  const found = loginTry(x);
  if (found === null) return "next";
  const [hi, lo] = found.hash;
  x.loginKey = hex(hi) + hex(lo);
  x.loginTry = found;
  if (x.services.mode !== "edge" || x.internal || x.bound!.tier.limits[found.rule].perLogin === null) return "next";
  const known = x.services.logins.knows(x.tenant, clientNetwork(x.clientAddress), x.loginKey, x);
  return known === "asked" ? "wait" : takeStrange(x, known);
}

/** What follows when it is known whether the name succeeded from this client before. */
export function takeStrange(x: Exchange, known: boolean): Verdict {
  const { rule, hash } = x.loginTry!;
  const limits = x.bound!.tier.limits[rule];
  if (known || limits.perLogin === null) return "next";
  const { rates, metrics, clock, shared } = x.services;
  if (limits.scope === "Global" && shared !== null) {
    const waitMs = shared.askLogin(limits, x.tenant, rule, x.loginKey!, x);
    return waitMs === ASKED ? "wait" : limitVerdict(x, waitMs);
  }
  rates.nowMs = clock.nowMs();
  x.retryAfterMs = rates.takeLogin(x.bound!.rateId, rateRule(rule), hash[0], hash[1], limits.perLogin);
  if (x.retryAfterMs === 0) return "next";
  metrics.increment("rate_refusals_total", 1, rule, "login");
  x.rateLimit = null;
  return "rate_limited";
}

function loginTry(x: Exchange): LoginTry | null {
  const inBody = x.bodyGuard?.loginTry() ?? null;
  // Workers add the query to a form, not to a call.
  if (x.rule !== "login" || x.query === "" || x.classification!.door !== null) return inBody;
  const values = valuesInQuery(x.query, LOGIN_FIELD);
  return values.length === 0 ? inBody : { rule: "login", hash: withQuery(x, values, inBody?.hash ?? null) };
}

/** The name in the query when the body has none or the same; else nobody can tell which counts. */
function withQuery(x: Exchange, values: readonly string[], inBody: LoginHash | null): LoginHash {
  const name = new LoginName(x.services.rates.logins);
  for (const value of values) {
    const bytes = Buffer.from(value, "latin1");
    name.begin();
    name.append(bytes, 0, bytes.length);
  }
  const hash = name.result()!;
  if (inBody === null || (inBody[0] === hash[0] && inBody[1] === hash[1])) return hash;
  name.blur();
  return name.result()!;
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, "0");
}
