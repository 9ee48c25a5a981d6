/** Limits on logins. Run last: they use up what other probes need. */
import { ask } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { say } from "../judges.ts";
import type { Ask, Exchange, Judge, Probe, Target } from "../types.ts";

/** Logins tried before it is said that there is no limit; enough to meet thirty a minute. */
const LOGINS_MAX = 35;
const FORM = "login=hostward-verify&password=hostward-verify";

function login(to: Target, ...fields: string[]): Ask {
  return ask(to, "POST", "/web/login", ["Content-Type: application/x-www-form-urlencoded", ...fields], FORM);
}

/** 503 is what nginx answers unless it is told otherwise. */
function isLimited({ reply }: Exchange): boolean {
  return reply?.status === 429 || reply?.status === 503;
}

const limited: Judge = (seen) => {
  const last = seen.at(-1)!;
  if (isLimited(last)) return say("holds", last, `after ${seen.length - 1} logins`);
  const answered = seen.filter(({ reply }) => reply !== null && reply.status < 500).length;
  return answered === LOGINS_MAX
    ? say("violated", last, `${LOGINS_MAX} logins were taken`)
    : say("unknown", last, "the login did not answer");
};

/** Plain logins (`p`) and forged ones (`f`), in no regular order: a bucket that refills meanwhile passes some of each. */
const PATTERN = "pffpfp";

function mixedLogins(to: Target): readonly Ask[] {
  const forged = (i: number) => [`X-Forwarded-For: 203.0.113.${i}`, `X-Real-IP: 203.0.113.${i}`];
  return [...PATTERN].map((kind, i) => login(to, ...(kind === "f" ? forged(i) : [])));
}

/** Holds when a forged login is limited, too; violated when every plain one is and no forged one. */
const notByForwardedFor: Judge = (seen) => {
  const forged = seen.filter((_, i) => PATTERN[i] === "f");
  const plain = seen.filter((_, i) => PATTERN[i] === "p");
  const limited = forged.find(isLimited);
  if (limited !== undefined) return say("holds", limited);
  const answered = forged.every(({ reply }) => reply !== null && reply.status < 429);
  if (answered && plain.every(isLimited)) return say("violated", forged[0]!, "made-up addresses were not limited");
  return { verdict: "unknown", saw: "no limit was met that it could get around", exchange: seen[0] ?? null };
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
    asks: mixedLogins,
    judge: notByForwardedFor,
  },
];
