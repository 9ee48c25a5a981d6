/** Limits on logins. Run last: they use up what other probes need. */
import { ask } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { say } from "../judges.ts";
import type { Exchange, Judge, Probe, Target } from "../types.ts";

/** Logins tried before it is said that there is no limit; enough to meet thirty a minute. */
const LOGINS_MAX = 35;
const FORM = "login=hostward-verify&password=hostward-verify";

function login(to: Target, ...fields: string[]) {
  return ask(to, "POST", "/web/login", ["Content-Type: application/x-www-form-urlencoded", ...fields], FORM);
}

function isLimited({ reply }: Exchange): boolean {
  return reply?.status === 429;
}

const limited: Judge = (seen) => {
  const last = seen.at(-1)!;
  if (isLimited(last)) return say("holds", last, `after ${seen.length - 1} logins`);
  const answered = seen.filter(({ reply }) => reply !== null && reply.status < 500).length;
  return answered === LOGINS_MAX
    ? say("violated", last, `${LOGINS_MAX} logins were taken`)
    : say("unknown", last, "the login did not answer");
};

const notByForwardedFor: Judge = ([plain, ...forged]) => {
  if (plain === undefined || !isLimited(plain)) {
    return { verdict: "unknown", saw: "no limit was met that it could get around", exchange: plain ?? null };
  }
  const around = forged.find((exchange) => exchange.reply !== null && exchange.reply.status < 429);
  return around === undefined ? say("holds", forged[0]!) : say("violated", around, "a made-up address was not limited");
};

export const limitFamily: readonly Probe[] = [
  {
    id: "limit.login",
    title: "Logins are limited",
    severity: "info",
    why: "Odoo counts no wrong passwords across its workers: without a limit they can be guessed at full speed",
    fix: fixes.limits,
    asks: (to) => Array.from({ length: LOGINS_MAX }, () => login(to)),
    judge: limited,
    enough: isLimited,
  },
  {
    id: "limit.forwarded-for",
    title: "A client cannot choose the address that it is limited by",
    severity: "medium",
    why: "a limit that believes X-Forwarded-For from anybody limits nobody",
    fix: fixes.limits,
    asks: (to) => [login(to), login(to, "X-Forwarded-For: 203.0.113.7"), login(to, "X-Real-IP: 203.0.113.8")],
    judge: notByForwardedFor,
  },
];
