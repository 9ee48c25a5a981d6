/** What a worker's answer says of an attempt to log in, noted while it passes. Nothing is held back for it. */
import { formatDurationMs } from "../core/units.ts";
import { readLoginAnswer } from "../policy/limits/login-answer.ts";
import type { LoginBlock } from "../policy/limits/login-failures.ts";
import { outcomeOfHead } from "../policy/limits/login-outcome.ts";
import type { Exchange } from "./exchange.ts";
import type { ResponseHead } from "./http1/read-response-head.ts";
import type { HeldLogin } from "./login-gate.ts";

const coded = /(?:^|\n)content-encoding:[ \t]*(?!identity)/i;
/** Of a keyed hash, enough to see that two lines are about one name. */
const LOGIN_KEY_CHARS = 8;

/** Takes the outcome from the head, or has the body read for it. */
export function noteLoginHead(x: Exchange, head: ResponseHead): void {
  const call = x.bodyGuard?.call ?? null;
  const answer = { status: head.status, location: head.location, coded: coded.test(head.passed) };
  const found = outcomeOfHead(x.attempt!, call, answer);
  if (found === "json" || found === "xml") x.loginAnswer = readLoginAnswer(found, x.attempt!, x.bound!.odooMajor);
  else x.loginOutcome = found;
}

/** Counts the attempt when its request is over, whatever ended it; then `done`. */
export function settleLogin(x: Exchange, held: HeldLogin, done: () => void): void {
  const { metrics } = x.services;
  x.heldLogin = null;
  const outcome = x.loginAnswer?.outcome ?? x.loginOutcome;
  if (x.endpoint !== "") metrics.increment("login_attempts_total", 1, x.attempt!, outcome);
  held.settle(outcome, x.bound!.tier.failedLogins, (blocks) => {
    for (const { scope } of blocks) metrics.increment("login_blocks_total", 1, scope);
    if (blocks.length > 0) x.loginBlock = `${blocks.map(describe).join(", ")}${loginMark(x)}`;
    done();
  });
}

function describe({ scope, blockMs }: LoginBlock): string {
  return `${scope} for ${formatDurationMs(blockMs)}`;
}

/** What a log may say of a name: the beginning of its keyed hash. */
export function loginMark(x: Exchange): string {
  return x.loginKey === null ? "" : `; login ${x.loginKey.slice(0, LOGIN_KEY_CHARS)}`;
}
