import { clientNetwork } from "../../policy/limits/client-network.ts";
import type { FailedLoginLimits, LoginRefusal } from "../../policy/limits/login-failures.ts";
import { attemptOf, type LoginAttempt } from "../../policy/limits/login-outcome.ts";
import type { Exchange } from "../exchange.ts";
import type { HeldLogin } from "../login-gate.ts";
import { loginMark } from "../login-result.ts";
import type { Step, Verdict } from "../pipeline.ts";

/**
 * Behind step 10: an attempt to log in after too many failed ones is slowed down or refused, before it can hold a worker. Behind
 * the guard, which knows a call and a name when it has seen the body.
 *
 * Slowed down by refusing with Retry-After, not by holding the request: a held one costs the edge a connection and its
 * body, and a guesser opens as many as he likes.
 */
export const failedLogins: Step = {
  name: "failed_logins",
  run(x) {
    x.attempt = attemptOfExchange(x);
    const limits = x.bound!.tier.failedLogins;
    if (x.attempt === null || x.internal || !limits.enabled) return "next";
    const network = clientNetwork(x.clientAddress);
    const ask = { tenant: x.tenant, network, login: x.loginKey, attempt: x.attempt, limits };
    const begun = x.services.logins.begin(ask, x);
    return begun === "asked" ? "wait" : loginVerdict(x, begun);
  },
  explain(x) {
    const limits = x.bound!.tier.failedLogins;
    if (x.attempt === null) return "no attempt to log in";
    if (x.internal || !limits.enabled) return `${words[x.attempt]}: failures are not counted`;
    return `${words[x.attempt]}: ${describe(limits)}; what failed so far is not known here`;
  },
};

/** What follows when it is known whether the attempt may go through. */
export function loginVerdict(x: Exchange, begun: HeldLogin | LoginRefusal): Verdict {
  if (!("why" in begun)) {
    x.heldLogin = begun;
    return "next";
  }
  x.services.metrics.increment("login_refusals_total", 1, begun.scope, begun.why);
  x.retryAfterMs = begun.waitMs;
  x.detail = `${begun.scope}: ${begun.why}${loginMark(x)}`;
  return begun.why === "delayed" ? "login_delayed" : "login_blocked";
}

function attemptOfExchange(x: Exchange): LoginAttempt | null {
  const call = x.bodyGuard?.call ?? null;
  if (call === null && x.rule !== "login" && x.rule !== "rpc" && x.rule !== "app") return null;
  const authorized = x.rule === "rpc" && authorization.test(x.head.text);
  return attemptOf({ method: x.method, judged: x.judged, call, authorized });
}

const authorization = /\r\nauthorization:/i;

const words: Readonly<Record<LoginAttempt, string>> = {
  page: "a login by form",
  second_factor: "a one-time code",
  session: "a login by JSON",
  rpc_login: "a login by RPC",
  rpc_call: "a call with a password",
  bearer: "a call with a key",
};

function describe(limits: FailedLoginLimits): string {
  const { delayAfter, blockAfter, clientBlockAfter, loginBlockAfter } = limits;
  return `slower after ${delayAfter} failures with one name, blocked after ${blockAfter}; after ${clientBlockAfter} of one client, after ${loginBlockAfter} of strangers with one name`;
}
