/** The rules of a tenant's HTTPRoute, in the order in which Envoy tries them: the first that matches decides. */

import type { GuardMode } from "../plan/parity/types.ts";
import {
  betweenDoors,
  boundDoors,
  closedDoors,
  type DoorFacts,
  doorsAt,
  jsonPattern,
  loginPattern,
  malformedPattern,
  staticPattern,
  underAny,
} from "./path-patterns.ts";
import { anythingBut } from "./regex.ts";
import type { AnswerForm, RouteAnswer } from "./sections/answers.ts";

/** One match of a rule; what is absent matches everything. */
export interface RuleMatch {
  readonly path: { readonly type: "Exact" | "PathPrefix" | "RegularExpression"; readonly value: string };
  readonly method?: "GET" | "POST" | "TRACE";
  readonly header?: { readonly name: string; readonly pattern: string };
}

/** What a rule does: answer by itself, or forward to one of the pool's ports. */
export type RuleAction =
  | { readonly answer: RouteAnswer; readonly form: AnswerForm }
  | { readonly forward: "http" | "realtime" };

export interface RouteRule {
  /** Name within the route, which policies attach to. */
  readonly name: string;
  readonly matches: readonly RuleMatch[];
  readonly action: RuleAction;
}

/** What decides a tenant's rules. Tenants with the same facts have the same rules. */
export interface RuleFacts extends DoorFacts {
  readonly rpc: "bound" | "off";
  readonly state: "Active" | "Maintenance" | "Suspended";
  readonly guard: GuardMode;
}

const FIRST_WITH_WEBSOCKET = 16;
/** A Content-Type to which an answer is an error object of JSON-RPC. */
export const JSON_TYPE = "(?i)[ \\t]*application/json(?:-rpc)?[ \\t]*(?:;.*)?";

const everything: RuleMatch = { path: { type: "PathPrefix", value: "/" } };

/** The rules of one tenant. INVARIANT: deny comes before all that forwards, and `app` is the last. */
export function routeRules(facts: RuleFacts): RouteRule[] {
  if (facts.state === "Suspended") return answers("suspended", "suspended", [everything]);
  if (facts.state === "Maintenance") return answers("maintenance", "maintenance", [everything]);
  return [
    // Envoy would forward it, and its answer shows cookies (RFC 9110 section 9.3.8).
    answerRule("trace", "trace_refused", "text", [{ ...everything, method: "TRACE" }]),
    answerRule("malformed", "bad_path", "text", [matching(malformedPattern)]),
    ...answers("deny", "door_closed", denied(facts)),
    ...(facts.rpc === "off" ? rpcRules(facts) : []),
    ...(judgesBodies(facts.guard)
      ? []
      : [withField("coded", "content_encoding_unsupported", "Content-Encoding", coded)]),
    ...(facts.rpc === "off" ? [] : rpcRules(facts)),
    forwardRule("login", [{ ...matching(loginPattern), method: "POST" }]),
    realtimeRule(facts),
    // HEAD goes with the rest: it costs a worker no less, and Envoy a route more for every tenant.
    forwardRule("static", [{ ...matching(staticPattern), method: "GET" }]),
    forwardRule("app", [everything]),
  ];
}

/** Any coding but none. */
const coded = anythingBut(["identity"], "fold");

/** An answer to whatever has a field like this. */
function withField(name: string, answer: RouteAnswer, field: string, pattern: string): RouteRule {
  return answerRule(name, answer, "text", [{ ...everything, header: { name: field, pattern } }]);
}

/** Doors that are closed, and paths at two doors; without a guard behind Envoy also the doors that a body decides. */
function denied(facts: RuleFacts): RuleMatch[] {
  const unjudged = facts.guard === "Deny" ? doorsAt(facts.odooMajor, ["json", "json-rpc", "xml-rpc"]) : [];
  // A database in `state` cannot be read by Envoy: those doors open only where a guard behind it judges queries.
  const states = judgesBodies(facts.guard) ? [] : doorsAt(facts.odooMajor, ["state"]);
  const closed = [...unjudged, ...states];
  const paths = [...closedDoors(facts), ...closed].map((door) => door.path);
  const between = betweenDoors(boundDoors(facts.odooMajor).filter((door) => !closed.includes(door)));
  return [matching(between === "" ? underAny(paths) : `(?:${underAny(paths)}|${between})`)];
}

/** Whether somebody behind Envoy judges queries and bodies. */
export function judgesBodies(guard: GuardMode): boolean {
  return guard === "Sidecar" || guard === "ExtAuth";
}

/** RPC doors take POST only, or nothing at all; Odoo's JSON endpoints are under the same limits and the same switch. */
function rpcRules(facts: RuleFacts): RouteRule[] {
  const callDoors = doorsAt(facts.odooMajor, ["json-rpc", "xml-rpc"]);
  // Where the doors are closed, nothing of them is left.
  if (facts.guard === "Deny") {
    const json = [matching(jsonPattern(callDoors))];
    return facts.rpc === "off" ? answers("rpc-off", "rpc_off", json) : [forwardRule("rpc", json)];
  }
  const doors = matching(underAny(callDoors.map((door) => door.path)));
  const json = matching(jsonPattern(callDoors));
  const calls: readonly RuleMatch[] = [{ ...doors, method: "POST" }, json];
  return [
    ...(facts.rpc === "off" ? answers("rpc-off", "rpc_off", calls) : [forwardRule("rpc", calls)]),
    answerRule("rpc-method", "method_refused", "text", [doors]),
  ];
}

/**
 * Only what the realtime worker is for; anything that merely resembles it is an ordinary page. A poll has a body, which is
 * held until it is whole; on a rule for upgrades that would refuse them, so the two are different rules.
 */
function realtimeRule({ odooMajor }: RuleFacts): RouteRule {
  if (odooMajor < FIRST_WITH_WEBSOCKET) {
    const poll: RuleMatch = { path: { type: "Exact", value: "/longpolling/poll" } };
    return { name: "poll", matches: [poll], action: { forward: "realtime" } };
  }
  const upgrade: RuleMatch = {
    path: { type: "Exact", value: "/websocket" },
    method: "GET",
    header: { name: "Upgrade", pattern: "(?i)websocket" },
  };
  return { name: "realtime", matches: [upgrade], action: { forward: "realtime" } };
}

function matching(pattern: string): RuleMatch {
  return { path: { type: "RegularExpression", value: pattern } };
}

function forwardRule(name: string, matches: readonly RuleMatch[]): RouteRule {
  return { name, matches, action: { forward: "http" } };
}

function answerRule(name: string, answer: RouteAnswer, form: AnswerForm, matches: readonly RuleMatch[]): RouteRule {
  return { name, matches, action: { answer, form } };
}

/** An answer in the form that its caller reads: two rules, as a route cannot write one answer in two ways. */
function answers(name: string, answer: RouteAnswer, matches: readonly RuleMatch[]): RouteRule[] {
  const json = matches.map((match) => ({ ...match, header: { name: "Content-Type", pattern: JSON_TYPE } }));
  return [answerRule(`${name}-json`, answer, "json", json), answerRule(name, answer, "text", matches)];
}
