/** Failed logins as guessers and as people make them, on a clock that is handed in. */
import t from "tap";
import { type FailedLoginLimits, LoginFailures, type LoginTicket } from "../../src/policy/limits/login-failures.ts";
import type { LoginAttempt } from "../../src/policy/limits/login-outcome.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const limits: FailedLoginLimits = {
  delayAfter: 3,
  blockAfter: 10,
  clientBlockAfter: 40,
  loginBlockAfter: 20,
  blockBaseMs: 30 * SECOND,
  blockMaxMs: HOUR,
  forgetAfterMs: HOUR,
};
type Outcome = "failed" | "succeeded" | "unknown";

class World {
  readonly logins: LoginFailures;
  nowMs = 5_000_000;
  tries = 0;

  constructor(entriesMax = 100_000) {
    this.logins = new LoginFailures(entriesMax);
  }

  begin(network: string, login: string | null, attempt: LoginAttempt = "page", tenant = "acme") {
    const begun = this.logins.begin(tenant, network, login, attempt, limits, this.nowMs);
    if (!("why" in begun)) this.tries++;
    return begun;
  }

  settle(ticket: unknown, outcome: Outcome) {
    return this.logins.settle(ticket as LoginTicket, outcome, limits, this.nowMs);
  }

  /** One attempt from begin to end: what it was refused for, or the scopes of blocks that it began. */
  attempt(network: string, login: string | null, outcome: Outcome, attempt: LoginAttempt = "page"): string {
    const begun = this.begin(network, login, attempt);
    if ("why" in begun) return `${begun.scope} ${begun.why} ${Math.ceil(begun.waitMs / SECOND)}`;
    return this.settle(begun, outcome)
      .map(({ scope, blockMs }) => `${scope} for ${blockMs / SECOND}`)
      .join(", ");
  }

  /** Fails `count` times with waits long enough to be slowed down by nothing. */
  fail(count: number, network: string, login: string | null, attempt: LoginAttempt = "page"): string {
    let last = "";
    for (let i = 0; i < count; i++) {
      last = this.attempt(network, login, "failed", attempt);
      this.nowMs += 31 * SECOND;
    }
    return last;
  }
}

/** Failures that begin the first block, and one for each block that ends within `spanMs`. */
function triesWithin(spanMs: number, blockAfter: number): number {
  let tries = blockAfter;
  for (
    let ms = 0, blockMs = limits.blockBaseMs;
    ms + blockMs < spanMs;
    blockMs = Math.min(2 * blockMs, limits.blockMaxMs)
  ) {
    ms += blockMs;
    tries++;
  }
  return tries;
}

t.test("one client with one name: three for nothing, then growing waits, then growing blocks", async (t) => {
  const world = new World();
  const seen: string[] = [];
  for (let i = 0; i < 14; i++) {
    const refused = world.attempt("a", "ann", "failed");
    seen.push(refused);
    const waitS = / (?:for )?(\d+)$/.exec(refused)?.[1];
    if (/delayed|blocked/.test(refused)) world.nowMs += Number(waitS) * SECOND;
  }
  t.same(seen.slice(0, 4), ["", "", "", "client_login delayed 1"]);
  t.same(
    seen.filter((text) => /delayed/.test(text)).map((text) => text.slice(21)),
    ["1", "2", "4", "8", "16", "30"],
  );
  world.nowMs += 30 * SECOND;
  t.equal(world.attempt("a", "ann", "failed"), "", "the ninth");
  world.nowMs += 30 * SECOND;
  t.equal(world.attempt("a", "ann", "failed"), "client_login for 30", "the tenth");
  for (const blockS of [60, 120, 240, 480, 960, 1920, 3600, 3600]) {
    t.match(world.attempt("a", "ann", "failed"), /^client_login blocked/);
    world.nowMs += (blockS === 60 ? 30 : blockS === 3600 ? 1920 : blockS / 2) * SECOND;
    world.nowMs += blockS === 3600 ? 1680 * SECOND : 0;
    const begun = world.attempt("a", "ann", "failed");
    t.equal(begun.replace(/login for \d+, /, ""), `client_login for ${blockS}`, `then ${blockS} s`);
  }
  t.equal(world.attempt("b", "bob", "failed"), "", "another client is not concerned");
});

t.test("a success takes back its own name's share, and nothing else", async (t) => {
  const world = new World();
  world.fail(9, "a", "ann");
  t.equal(world.attempt("a", "ann", "succeeded"), "");
  t.equal(world.fail(3, "a", "ann"), "", "begins anew");
  for (let i = 0; i < 39; i++) {
    world.fail(1, "x", `name${i}`);
    world.attempt("x", "own", "succeeded");
  }
  t.equal(
    world.attempt("x", "name40", "failed"),
    "client for 30",
    "an own account in between resets nothing of others",
  );
  t.match(world.attempt("x", "name41", "failed"), /^client blocked/);
  t.equal(world.attempt("x", "own", "succeeded"), "", "and what succeeded there before still may");
});

t.test("a stranger cannot lock a user out of where he logs in", async (t) => {
  const world = new World();
  world.attempt("home", "ann", "succeeded");
  const knows = (tenant: string, network: string) => world.logins.knows(tenant, network, "ann", world.nowMs);
  t.same([knows("acme", "home"), knows("acme", "bot0"), knows("other", "home")], [true, false, false]);
  for (let i = 0; i < 200; i++) world.fail(1, `bot${i}`, "ann");
  t.match(world.attempt("bot-new", "ann", "failed"), /^login blocked/);
  t.match(world.attempt("hotel", "ann", "succeeded"), /^login blocked/, "from a new place even the owner waits");
  t.equal(world.attempt("home", "ann", "failed"), "", "at home there is even room for a mistype");
  t.equal(world.attempt("home", "ann", "succeeded"), "");
  t.match(world.attempt("bot-new", "ann", "failed"), /^login blocked/, "and a login at home frees no bot");
});

t.test("an office of 30 behind one address, on the first morning", async (t) => {
  const world = new World();
  const tickets = Array.from({ length: 30 }, (_, i) => world.begin("office", `p${i}`));
  t.notOk(
    tickets.some((ticket) => "why" in ticket),
    "all at once",
  );
  for (const [i, ticket] of tickets.entries()) t.same(world.settle(ticket, i % 3 === 0 ? "failed" : "succeeded"), []);
  for (let i = 0; i < 30; i += 3) t.equal(world.attempt("office", `p${i}`, "failed"), "", `p${i} mistypes again`);
  for (let i = 0; i < 30; i += 3) t.equal(world.attempt("office", `p${i}`, "succeeded"), "");
  t.equal(world.fail(200, "office", "old-integration").replace(/ \d+$/, ""), "client_login blocked");
  for (let i = 0; i < 30; i++)
    t.equal(world.attempt("office", `p${i}`, "succeeded"), "", "a broken program harms itself");
  t.equal(world.attempt("office", "newcomer", "succeeded"), "");
});

t.test("many attempts at once are no way round", async (t) => {
  const world = new World();
  const guesses = Array.from({ length: 100 }, () => world.begin("a", "ann"));
  const through = guesses.filter((ticket) => !("why" in ticket));
  t.equal(through.length, limits.blockAfter);
  t.match(guesses[50], { why: "busy", scope: "client_login", waitMs: 1_000 });
  const blocks = through.flatMap((ticket) => world.settle(ticket, "failed"));
  t.same(blocks, [{ scope: "client_login", blockMs: 30_000 }], "one block, not ten");
  world.nowMs += 31 * SECOND;
  const after = Array.from({ length: 10 }, () => world.begin("a", "ann")).filter((ticket) => !("why" in ticket));
  t.equal(after.length, 1, "after a block one at a time");
  world.settle(after[0], "unknown");
  const calls = Array.from({ length: 50 }, () => world.begin("b", null, "rpc_call"));
  t.notOk(
    calls.some((ticket) => "why" in ticket),
    "calls that never failed come in any number",
  );
});

t.test("a worker that fails counts for nothing and leaves no trace", async (t) => {
  const world = new World();
  for (let i = 0; i < 100; i++) t.equal(world.attempt("a", "ann", "unknown"), "");
  t.equal(world.logins.size, 0);
});

t.test("how many guesses get through in an hour", async (t) => {
  const perClient = triesWithin(HOUR, limits.clientBlockAfter);
  const perName = triesWithin(HOUR, limits.loginBlockAfter);
  const perPair = triesWithin(HOUR, limits.blockAfter);
  t.same([perPair, perName, perClient], [16, 26, 46]);
  const guess = (next: (i: number) => readonly [network: string, login: string]): number => {
    const world = new World();
    for (let i = 0; world.nowMs < 5_000_000 + HOUR; i++) {
      const [network, login] = next(i);
      world.attempt(network, login, "failed");
      world.nowMs += 100;
    }
    return world.tries;
  };
  t.equal(
    guess((i) => ["a", `name${i % 1000}`]),
    perClient,
    "1000 names from one address",
  );
  t.equal(
    guess((i) => [`bot${i % 100}`, "ann"]),
    perName,
    "one name from 100 addresses",
  );
  t.ok(guess(() => ["a", "ann"]) <= perPair, "one name from one address");
  t.equal(
    guess((i) => [`2001:db8:0:${i.toString(16)}::/64`, "ann"]),
    perName,
    "one name from a new /64 each time",
  );
});

t.test("without a name: a tally for each client and kind", async (t) => {
  const world = new World();
  t.equal(world.fail(39, "a", null, "rpc_call"), "");
  world.attempt("a", null, "succeeded", "rpc_call");
  t.equal(world.fail(1, "a", null, "rpc_call"), "client_login for 30", "no success resets it");
  world.attempt("a", null, "failed", "rpc_call");
  t.equal(world.attempt("a", null, "failed", "second_factor"), "", "one-time codes are another kind");
  t.equal(world.attempt("a", "ann", "failed"), "", "and names have their own");
});

t.test("failures are forgotten after one to two spans, blocks a span after their end", async (t) => {
  const world = new World();
  world.fail(9, "a", "ann");
  world.nowMs += HOUR - 10 * MINUTE;
  t.equal(world.attempt("a", "ann", "failed"), "client_login for 30", "not yet");
  world.nowMs += 30 * SECOND + HOUR - 1;
  t.match(world.attempt("a", "ann", "failed"), /client_login for 60/);
  world.nowMs += 60 * SECOND + 2 * HOUR;
  t.equal(world.fail(9, "a", "ann"), "", "like new");
  const slow = new World();
  for (let i = 0; i < 1000; i++) {
    t.equal(slow.attempt("office", `visitor${i}`, "failed"), "", "a trickle of one in ten minutes never blocks");
    slow.nowMs += 10 * MINUTE;
  }
});

t.test("a flood of other entries frees no guesser and forgets no owner", async (t) => {
  const world = new World(1_000);
  world.attempt("home", "ann", "succeeded");
  world.fail(9, "a", "bob");
  for (let i = 0; i < 5_000; i++) world.attempt(`2001:db8:0:${i.toString(16)}::/64`, `name${i}`, "failed");
  t.ok(world.logins.size <= 1_000, `${world.logins.size} entries`);
  t.equal(world.attempt("a", "bob", "failed"), "client_login for 30", "the tenth failure is still the tenth");
  for (let i = 0; i < 30; i++) world.fail(1, `bot${i}`, "ann");
  t.equal(world.attempt("home", "ann", "succeeded"), "");
  const other = new LoginFailures(100);
  const ticket = other.begin("quiet", "a", "ann", "page", limits, 0) as LoginTicket;
  other.settle(ticket, "failed", limits, 0);
  for (let i = 0; i < 500; i++) {
    const loud = other.begin("loud", `n${i}`, `l${i}`, "page", limits, i) as LoginTicket;
    other.settle(loud, "failed", limits, i);
  }
  t.ok(other.size <= 100);
  const pair = other.begin("quiet", "a", "ann", "page", limits, 600) as LoginTicket;
  t.equal(pair.pair.failures(limits, 600), 1, "a loud tenant does not push out a quiet one's");
});

t.test("people who mistype and then log in leave nothing behind", async (t) => {
  const world = new World();
  for (let i = 0; i < 100; i++) {
    t.equal(world.attempt("office", `p${i}`, "failed"), "");
    t.equal(world.attempt("office", `p${i}`, "succeeded"), "", "each at a first login in one office");
  }
  for (let i = 0; i < 50; i++) {
    t.equal(world.attempt(`hotel${i}`, "ann", "failed"), "");
    t.equal(world.attempt(`hotel${i}`, "ann", "succeeded"), "", "one who travels");
  }
});

t.test("broken programs use up their own names' counts, not their office's", async (t) => {
  const world = new World();
  for (let i = 0; i < 400; i++) {
    for (const program of ["shop", "mail", "till"]) world.attempt("office", program, "failed");
    world.nowMs += 20 * SECOND;
  }
  t.equal(world.attempt("office", "newcomer", "failed"), "");
});

t.test("failures on both sides of a span's end count together", async (t) => {
  const world = new World();
  world.fail(1, "a", "ann");
  world.nowMs += 50 * MINUTE;
  world.fail(8, "a", "ann");
  world.nowMs += 10 * MINUTE;
  t.equal(world.attempt("a", "ann", "failed"), "client_login for 30");
});

t.test("a block that is over is not pushed out while it makes the next one longer", async (t) => {
  const world = new World(400);
  for (let last = ""; !last.endsWith(" 3600"); world.nowMs += SECOND) {
    last = world.attempt("a", "ann", "failed").replace(/^.*client_login for/, "began");
  }
  world.nowMs += 2 * HOUR - MINUTE;
  for (let i = 0; i < 500; i++) world.attempt(`n${i}`, `name${i}`, "failed");
  t.equal(world.attempt("a", "ann", "failed"), "client_login for 3600", "one failure blocks again");
});
