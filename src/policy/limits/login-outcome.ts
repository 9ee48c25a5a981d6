import { isUnder } from "../doors.ts";
import type { RpcCall } from "../guard/rpc-rule.ts";
import { withoutFirstSegment } from "../path.ts";
import { JSON_PATH } from "../rules.ts";

/**
 * What kind of password check a request asks a worker for.
 *
 * `page`: the login form; `second_factor`: the page of one-time codes behind it; `session`: the JSON login of apps;
 * `rpc_login`: `common.login` and `.authenticate`; `rpc_call`: a call of `object`, which carries a password each time;
 * `bearer`: a call below `/json` with an API key.
 */
export type LoginAttempt = "page" | "second_factor" | "session" | "rpc_login" | "rpc_call" | "bearer";

/** What a worker said of the password: wrong, right, or nothing that can be told. */
export type LoginOutcome = "failed" | "succeeded" | "unknown";

/** What of a request says whether it is an attempt; known behind the guard. */
export interface AttemptFacts {
  readonly method: string;
  /** Canonical, slashes merged. */
  readonly judged: string;
  /** The call that the guard found in the body and let pass, on whatever path; null without one. */
  readonly call: RpcCall | null;
  /** Whether the request has an Authorization field. */
  readonly authorized: boolean;
}

const LOGIN_PAGE = "/web/login";
const SECOND_FACTOR_PAGE = "/web/login/totp";
const SESSION_PATH = "/web/session/authenticate";

/**
 * The password check that a request asks for, or null. A call is found on any path, as a website's designer can move its
 * endpoint; pages by their path, also behind one segment, which may be a language.
 *
 * The path counts first: a JSON login may hold a harmless call beside its password. Pages check on POST only; workers take a JSON login with every method.
 */
export function attemptOf({ method, judged, call, authorized }: AttemptFacts): LoginAttempt | null {
  const atPath = attemptAt(judged, method, authorized) ?? attemptAt(withoutFirstSegment(judged), method, authorized);
  return atPath ?? (call === null ? null : attemptOfCall(call));
}

function attemptAt(path: string, method: string, authorized: boolean): LoginAttempt | null {
  if (isUnder(path, SESSION_PATH)) return "session";
  if (authorized && isUnder(path, JSON_PATH)) return "bearer";
  if (method !== "POST" || !isUnder(path, LOGIN_PAGE)) return null;
  return isUnder(path, SECOND_FACTOR_PAGE) ? "second_factor" : "page";
}

/** Of an alias of an XML-RPC endpoint the service is not known: then the method tells. */
function attemptOfCall({ service, method }: RpcCall): LoginAttempt | null {
  if (method === "login" || method === "authenticate") return service === "object" ? "rpc_call" : "rpc_login";
  if (service === "object") return "rpc_call";
  return service === "" && method.startsWith("exec") ? "rpc_call" : null;
}

/** What of a response's head tells of the outcome. */
export interface AnswerFacts {
  readonly status: number;
  readonly location: string | null;
  /** The body is coded, so that it cannot be read as it passes. */
  readonly coded: boolean;
}

/** The format of a body that must be read for the outcome. */
export type AnswerFormat = "json" | "xml";

/**
 * What the head of an answer tells: the outcome, or that the body has to be read. Odoo answers a form 303 where the
 * password was right, also when a second factor is still to come, and 200 with the form again where it was wrong; a
 * redirect back to the page itself is about its language or database. What is no answer of the login code (4xx but for a
 * refused key, 5xx) tells nothing.
 */
export function outcomeOfHead(
  attempt: LoginAttempt,
  call: RpcCall | null,
  answer: AnswerFacts,
): LoginOutcome | AnswerFormat {
  const { status } = answer;
  if (attempt === "bearer") return status === 401 ? "failed" : status < 300 ? "succeeded" : "unknown";
  if (attempt === "page" || attempt === "second_factor") return outcomeOfPage(answer);
  if (status !== 200 || answer.coded) return "unknown";
  return attempt !== "session" && call?.reading === "xml-rpc" ? "xml" : "json";
}

function outcomeOfPage({ status, location }: AnswerFacts): LoginOutcome {
  if (status === 200) return "failed";
  if (status !== 303 || location === null) return "unknown";
  const path = location.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  const behind = withoutFirstSegment(path);
  if (isUnder(path, SECOND_FACTOR_PAGE) || isUnder(behind, SECOND_FACTOR_PAGE)) return "succeeded";
  const astray = [LOGIN_PAGE, "/web/database"].some((page) => isUnder(path, page) || isUnder(behind, page));
  return astray ? "unknown" : "succeeded";
}
