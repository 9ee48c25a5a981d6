/** Random attempts on few names from few networks: what must hold whatever the order and the times. */
import fc from "fast-check";
import t from "tap";
import { type FailedLoginLimits, LoginFailures, type LoginTicket } from "../../src/policy/limits/login-failures.ts";

const HOUR = 3_600_000;
const limits: FailedLoginLimits = {
  delayAfter: 2,
  blockAfter: 4,
  clientBlockAfter: 9,
  loginBlockAfter: 6,
  blockBaseMs: 30_000,
  blockMaxMs: HOUR,
  forgetAfterMs: HOUR,
};
/** Blocks that end within an hour, each of which lets one more through. */
const PROBES = 6;
const seed = Number(process.env.SEED ?? 20261125);

interface Move {
  readonly afterMs: number;
  readonly network: number;
  readonly login: number;
  /** Attempts begun together. */
  readonly burst: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  afterMs: fc.oneof(
    fc.constant(0),
    fc.constantFrom(30_000, 60_000, 120_000, 240_000, 480_000, 960_000),
    fc.integer({ min: 0, max: 2 * HOUR }),
  ),
  network: fc.nat(3),
  login: fc.nat(1),
  burst: fc.integer({ min: 1, max: 8 }),
});

/** Most of `times` within one hour. */
function mostInAnHour(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((ms) => ms >= from && ms < from + HOUR).length));
}

function group(tries: readonly (readonly [key: string, ms: number])[]): number[] {
  const byKey = Map.groupBy(tries, ([key]) => key);
  return [...byKey.values()].map((of) => mostInAnHour(of.map(([, ms]) => ms)));
}

t.test(`guesses in any hour are few, and owners are let in (SEED=${seed})`, async (t) => {
  const property = fc.property(fc.array(move, { minLength: 60, maxLength: 150 }), (moves) => {
    const logins = new LoginFailures(10_000);
    let nowMs = 1;
    const begin = (network: string, login: string) =>
      logins.begin("acme", network, login, "page", limits, nowMs) as LoginTicket | { readonly why: string };
    for (let i = 0; i <= 5; i++) {
      logins.settle(begin(`home${i}`, `l${i}`) as LoginTicket, "succeeded", limits, nowMs);
    }
    const tries: { network: string; login: string; ms: number }[] = [];
    for (const { afterMs, network, login, burst } of moves) {
      nowMs += afterMs;
      const begun = Array.from({ length: burst }, () => begin(`n${network}`, `l${login}`));
      for (const ticket of begun) {
        if ("why" in ticket) continue;
        tries.push({ network: `n${network}`, login: `l${login}`, ms: nowMs });
        logins.settle(ticket, "failed", limits, nowMs);
      }
      const owner = begin(`home${login}`, `l${login}`);
      if ("why" in owner) return false;
      logins.settle(owner, "succeeded", limits, nowMs);
    }
    const byLogin = group(tries.map(({ login, ms }) => [login, ms]));
    const byPair = group(tries.map(({ network, login, ms }) => [`${network} ${login}`, ms]));
    return (
      byLogin.every((n) => n <= limits.loginBlockAfter + PROBES) && byPair.every((n) => n <= limits.blockAfter + PROBES)
    );
  });
  const result = fc.check(property, { seed, numRuns: 400 });
  t.notOk(result.failed, JSON.stringify(result.counterexample));
});
