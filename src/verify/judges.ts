/** Judges: from what came back to a verdict. Pure; each says in its first sentence when the property holds. */
import { describe } from "./describe.ts";
import { leadsToSelector, pythonError, workerMark } from "./markers.ts";
import { fieldValue } from "./read-reply.ts";
import { readRpc } from "./read-rpc.ts";
import type { Exchange, Home, Judge, Judgement, Party, Reply, Verdict } from "./types.ts";

/** Judges one exchange. */
export type JudgeOne = (exchange: Exchange, home: Home) => Judgement;

/** The worst of all exchanges: one violation is one too many, and one that says nothing leaves the rest in doubt. */
export function each(judge: JudgeOne): Judge {
  return (seen, home) => {
    const all = seen.map((exchange) => judge(exchange, home));
    for (const verdict of ["violated", "unknown"] as const) {
      const first = all.find((judgement) => judgement.verdict === verdict);
      if (first !== undefined) return first;
    }
    return all[0] ?? { verdict: "unknown", saw: "nothing was sent", exchange: null };
  };
}

/** A judgement on one exchange, with what came back. */
export function say(verdict: Verdict, exchange: Exchange, note = ""): Judgement {
  return { verdict, saw: describe(exchange, note), exchange };
}

/** Answers from which nothing follows about the property: silence, limits, failures of the edge. */
function inconclusive(exchange: Exchange): Judgement | null {
  const { reply, ended } = exchange;
  if (reply === null) return ended === "closed" ? null : say("unknown", exchange);
  if (workerMark(reply) !== null) return null;
  if (reply.status === 429)
    return say("unknown", exchange, "a rate limit answered first: try again with a lower --rate");
  return reply.status >= 500 && reply.status !== 501 && reply.status !== 505
    ? say("unknown", exchange, "the edge failed")
    : null;
}

/** Holds when the edge answers itself: nothing shows that a worker saw the request. */
export const unreached: JudgeOne = (exchange) => {
  const { reply } = exchange;
  const doubt = inconclusive(exchange);
  if (doubt !== null) return doubt;
  if (reply === null) return say("holds", exchange);
  if (workerMark(reply) !== null || leadsToSelector(reply)) return say("violated", exchange);
  if (reply.status < 300)
    return say("unknown", exchange, "an answer without a mark of Odoo's: it may be the edge's own");
  return say("holds", exchange);
};

/** As `unreached`, but a worker that knows no such path leaves it open: a module or a language would bring it. */
export const unserved: JudgeOne = (exchange, home) => {
  const { reply } = exchange;
  const absent = reply?.status === 404 && workerMark(reply) !== null;
  return absent ? say("unknown", exchange, LET_THROUGH) : unreached(exchange, home);
};

const LET_THROUGH = "the edge let it through; the worker has no such path today";

/** Holds when the request is refused, by anybody: for requests that no part of the chain may act on. */
export const refused: JudgeOne = (exchange) => {
  const { reply } = exchange;
  const doubt = inconclusive(exchange);
  if (doubt !== null) return doubt;
  if (reply === null || reply.status >= 400) {
    const byWorker = reply !== null && workerMark(reply) !== null;
    return byWorker ? say("violated", exchange, "the edge passed it on") : say("holds", exchange);
  }
  return say("violated", exchange, "it was served");
};

/** Holds when the answer is the one that the tenant's own host gets, or the edge's refusal: `foreign` had no effect. */
export function staysHome(foreign: Party): JudgeOne {
  return (exchange, home) => {
    const { reply } = exchange;
    const doubt = inconclusive(exchange);
    if (doubt !== null) return doubt;
    if (reply === null) return say("holds", exchange);
    if (leadsToSelector(reply)) return say("violated", exchange, "the worker lost the tenant's database");
    if (names(reply, foreign, home)) return say("violated", exchange, `it speaks of ${foreign.host}`);
    if (reply.status === home.login.status || workerMark(reply) === null) return say("holds", exchange);
    return say("violated", exchange, `the same request without it gets ${home.login.status}`);
  };
}

/** Holds when an RPC call that names `what` is refused; the worker's result, or its failure to open it, says it got there. */
export function refusesCall(what: string): JudgeOne {
  return (exchange) => {
    const { reply } = exchange;
    const doubt = inconclusive(exchange);
    if (doubt !== null) return doubt;
    const rpc = reply === null ? null : readRpc(reply.body);
    if (rpc === null) return withoutRpc(exchange);
    if (rpc.kind === "result") return say("violated", exchange, what);
    if (openedDatabase.test(rpc.text)) return say("violated", exchange, "the worker tried to open the database");
    if (denied.test(rpc.text) || !pythonError.test(rpc.text)) return say("holds", exchange);
    return say("unknown", exchange, "the worker read the call, and failed otherwise");
  };
}

/** As `refusesCall`, where a worker that complains of the password has opened the database to look. */
export function refusesLogin(what: string): JudgeOne {
  const judge = refusesCall(what);
  return (exchange, home) => {
    const rpc = exchange.reply === null ? null : readRpc(exchange.reply.body);
    const judged = rpc?.kind === "error" && pythonError.test(rpc.text) && rpc.text.includes("AccessDenied");
    return judged ? say("violated", exchange, what) : judge(exchange, home);
  };
}

const openedDatabase = /database \S+ does not exist|psycopg2?\.|OperationalError|connection to server/;
const denied = /Access ?Denied|AccessError|Database not found/;

/** An HTTP answer to a call: a refusal, or nothing that an RPC client could read. */
function withoutRpc(exchange: Exchange): Judgement {
  const { reply } = exchange;
  if (reply === null) return say("holds", exchange);
  if (reply.status === 404 && workerMark(reply) !== null) return say("unknown", exchange, LET_THROUGH);
  if (reply.status >= 400 && reply.status < 500) return say("holds", exchange);
  return say("unknown", exchange, "neither a refusal nor an RPC answer");
}

/** Whether a reply speaks of `party` where the tenant's own login page does not; an echoed `?db=` does not count. */
function names(reply: Reply, party: Party, home: Home): boolean {
  const text = `${fieldValue(reply, "location")}\n${reply.body}`.replaceAll(`db=${party.database}`, "");
  const own = home.login.body;
  return [party.host, party.database].some((name) => text.includes(name) && !own.includes(name));
}
