import t from "tap";
import type { CheckOutcome } from "../../src/router/upstream/endpoint.ts";
import { type NetworkFault, networkFaultOf } from "../../src/router/upstream/network-fault.ts";
import { at, FakeRequest, lane, plannedPool, settings, settled, UpstreamWorld } from "../support/upstream-world.ts";

/**
 * A life of one endpoint as words: `x` a refused connect, `ok` an answer, a number that many ms (one sweep at their
 * end), `fine`, `busy`, `reset` what checks find from then on, `ask` a request that holds its slot. What happened is in
 * the log; a request shows as `served` or by its refusal. The dice say 0.5: jitter is 0.
 */
async function live(script: string): Promise<string> {
  const world = new UpstreamWorld(2, [at("10.0.0.1")]);
  world.checks.set("10.0.0.1", "busy");
  await world.pool.start();
  await world.pass(0); // the first check
  world.taken();
  const request = new FakeRequest(lane("probe"));
  world.acquire(request);
  const endpoint = request.endpoint!;
  world.release(request);
  for (const word of script.split(" ")) {
    if (word === "x") world.pool.failed(endpoint, "refused");
    else if (word === "ok") world.pool.succeeded(endpoint);
    else if (/^\d+$/.test(word)) await world.pass(Number(word));
    else if (word === "ask") world.log.push(answerTo(world));
    else world.checks.set("10.0.0.1", word as CheckOutcome);
  }
  return world
    .taken()
    .filter((line) => !/^(asked|checked)/.test(line))
    .map((line) => line.replace(" 10.0.0.1:8069", "").replace(" refused", ""))
    .join(", ");
}

function answerTo(world: UpstreamWorld): string {
  const outcome = world.acquire(new FakeRequest(lane("acme")));
  return outcome === "10.0.0.1:8069" ? "served" : outcome;
}

const lives: ReadonlyArray<readonly [rule: string, script: string, want: string]> = [
  ["as many faults in a row as the setting says eject", "x x x ask", "ejected 10000, no_healthy_upstream"],
  ["fewer do not", "x x ask", "served"],
  ["an answer between them starts the count again", "x x ok x x ask", "served"],
  ["faults that arrive when it is ejected change nothing", "x x x x x x", "ejected 10000"],
  ["the last endpoint is ejected, too", "x x x 9999 ask", "ejected 10000, no_healthy_upstream"],
  ["when the time is over one request tries it out", "x x x 10000 ask ask", "ejected 10000, served, queued"],
  [
    "one fault on trial ejects again, for twice as long",
    "x x x 10000 x 19999 ask",
    "ejected 10000, ejected 20000, no_healthy_upstream",
  ],
  [
    "the time doubles up to its maximum",
    "x x x 10000 x 20000 x 40000 x",
    "ejected 10000, ejected 20000, ejected 40000, ejected 40000",
  ],
  ["an answer on trial restores all slots", "x x x 10000 ask ok ask", "ejected 10000, served, restored, served"],
  ["an answer to a request from before does not restore", "x x x ok ask", "ejected 10000, no_healthy_upstream"],
  ["after an answer on trial the full count is needed again", "x x x 10000 ok x x", "ejected 10000, restored"],
  ["and the next time is twice as long", "x x x 10000 ok x x x", "ejected 10000, restored, ejected 20000"],
  [
    "unless it stayed well for the maximal time",
    "x x x 10000 ok 40001 x x x",
    "ejected 10000, restored, ejected 10000",
  ],
  ["a check that finds it fine restores at once", "x x x fine 0 ask", "ejected 10000, restored, served"],
  ["even when a request from before has just been answered", "x x x ok fine 0 ask", "ejected 10000, restored, served"],
  ["and does so within a second of its coming back", "x x x 500 fine 1000 ask", "ejected 10000, restored, served"],
  ["a check that finds it busy does not restore", "x x x busy 0 1000 ask", "ejected 10000, no_healthy_upstream"],
  ["a check that finds it dead on trial ejects again", "x x x reset 10000", "ejected 10000, ejected reset 20000"],
];
for (const [rule, script, want] of lives) t.test(rule, async (t) => t.equal(await live(script), want));

t.test("those that wait stay when the last endpoint is ejected, and are served when it is back", async (t) => {
  const world = new UpstreamWorld(1, [at("10.0.0.1")]);
  await world.pool.start();
  const tenant = lane("acme");
  const [first, second] = [new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of [first, second]) world.acquire(request);
  for (let i = 0; i < 3; i++) world.pool.failed(first.endpoint!, "reset");
  world.release(first);
  t.match([second.endpoint, second.refusal], [null, null]);
  await world.pass(100);
  t.ok(second.endpoint);
});

t.test("an ejected endpoint takes no request while another is there", async (t) => {
  const world = new UpstreamWorld(2, [at("10.0.0.1"), at("10.0.0.2")]);
  await world.pool.start();
  const tenant = lane("acme");
  const first = new FakeRequest(tenant);
  const ejected = world.acquire(first);
  for (let i = 0; i < 3; i++) world.pool.failed(first.endpoint!, "connect_timeout");
  const other = ejected === "10.0.0.1:8069" ? "10.0.0.2:8069" : "10.0.0.1:8069";
  const next = [1, 2, 3].map(() => world.acquire(new FakeRequest(tenant)));
  t.same(next, [other, other, "queued"]);
});

t.test("jitter keeps an ejection within a fifth of its time", async (t) => {
  for (const [random, want] of [
    [0, 8_000],
    [0.999_999, 11_999],
  ] as const) {
    const world = new UpstreamWorld(1, [at("10.0.0.1")], { ...settings, ejectAfter: 1 });
    await world.pool.start();
    world.random = random;
    const request = new FakeRequest(lane("acme"));
    world.acquire(request);
    world.taken();
    world.pool.failed(request.endpoint!, "refused");
    t.equal(Math.floor(Number(world.taken()[0]!.split(" ").at(-1))), want);
  }
});

/** Whether a healthy endpoint with two workers is asked when a check is due, 1 s after the one before. */
const dueChecks: ReadonlyArray<
  readonly [rule: string, inFlight: number, answered: boolean, finds: CheckOutcome, want: string]
> = [
  ["an endpoint that nobody used is asked", 0, false, "fine", "asked, checked fine"],
  ["one that has a slot free is asked", 1, false, "busy", "asked, checked busy"],
  ["one whose slots are all taken is not", 2, false, "fine", ""],
  ["one that answered a request meanwhile is not", 0, true, "fine", ""],
  ["a single fault that a check finds does not eject", 0, false, "refused", "asked, checked refused"],
];
for (const [rule, inFlight, answered, finds, want] of dueChecks) {
  t.test(rule, async (t) => {
    const world = new UpstreamWorld(2, [at("10.0.0.1")], { ...settings, checkIntervalMs: 1_000 });
    await world.pool.start();
    await world.pass(0);
    const requests = [new FakeRequest(lane("acme")), new FakeRequest(lane("acme"))];
    for (const request of requests) world.acquire(request);
    if (answered) world.pool.succeeded(requests[0]!.endpoint!);
    for (const request of requests.slice(inFlight)) world.release(request);
    world.checks.set("10.0.0.1", finds);
    await world.pass(999);
    world.taken();
    await world.pass(1);
    t.equal(
      world
        .taken()
        .map((line) => line.replace(" 10.0.0.1:8069", ""))
        .join(", "),
      want,
    );
  });
}

t.test("an endpoint that checks find dead is ejected without any request's help", async (t) => {
  const world = new UpstreamWorld(2, [at("10.0.0.1")], { ...settings, checkIntervalMs: 1_000 });
  world.checks.set("10.0.0.1", "refused");
  await world.pool.start();
  for (let i = 0; i < 3; i++) await world.pass(1_000);
  t.match(world.pool.report(), [{ state: "ejected", faults: 3, lastCheck: "refused" }]);
});

t.test("an answer spares the endpoint one check, not all", async (t) => {
  const world = new UpstreamWorld(2, [at("10.0.0.1")], { ...settings, checkIntervalMs: 1_000 });
  await world.pool.start();
  const request = new FakeRequest(lane("acme"));
  world.acquire(request);
  world.pool.succeeded(request.endpoint!);
  await world.pass(0);
  t.same(world.taken(), ["added 10.0.0.1:8069"]);
  await world.pass(1_000);
  t.same(world.taken(), ["asked 10.0.0.1:8069", "checked 10.0.0.1:8069 fine"]);
});

t.test("an endpoint is not asked again before it answered", async (t) => {
  const world = new UpstreamWorld(2, [at("10.0.0.1")], { ...settings, checkIntervalMs: 1_000 });
  const answer = Promise.withResolvers<CheckOutcome>();
  world.checks.set("10.0.0.1", answer.promise);
  await world.pool.start();
  for (let i = 0; i < 3; i++) await world.pass(1_000);
  t.same(world.taken(), ["added 10.0.0.1:8069", "asked 10.0.0.1:8069"]);
  answer.resolve("busy");
  await settled();
  t.same(world.taken(), ["checked 10.0.0.1:8069 busy"]);
  await world.pass(1_000);
  t.same(world.taken(), ["asked 10.0.0.1:8069", "checked 10.0.0.1:8069 busy"]);
});

const ends: ReadonlyArray<readonly [rule: string, end: (world: UpstreamWorld) => void]> = [
  [
    "what a check finds of an endpoint that left is no news",
    (world) => world.pool.update(plannedPool(2, []), settings),
  ],
  ["nor what it finds when the pool is closed", (world) => world.pool.close()],
];
for (const [rule, end] of ends) {
  t.test(rule, async (t) => {
    const world = new UpstreamWorld(2, [at("10.0.0.1")]);
    world.dns.set("worker-odoo.odoo-v18.svc", ["10.0.0.2"]);
    const answer = Promise.withResolvers<CheckOutcome>();
    world.checks.set("10.0.0.1", answer.promise);
    await world.pool.start();
    await world.pass(0);
    end(world);
    await settled();
    world.taken();
    answer.resolve("fine");
    await settled();
    t.same(world.taken(), []);
  });
}

t.test("an endpoint that left is not ejected", async (t) => {
  const world = new UpstreamWorld(2, [at("10.0.0.1")]);
  await world.pool.start();
  const request = new FakeRequest(lane("acme"));
  world.acquire(request);
  world.pool.update(plannedPool(2, [at("10.0.0.2")]), settings);
  world.taken();
  for (let i = 0; i < 3; i++) world.pool.failed(request.endpoint!, "reset");
  t.same(world.taken(), []);
});

const codes: ReadonlyArray<readonly [rule: string, code: string, want: NetworkFault | null]> = [
  ["nobody listens", "ECONNREFUSED", "refused"],
  ["the connection was reset", "ECONNRESET", "reset"],
  ["we wrote to a closed connection", "EPIPE", "reset"],
  ["undici saw the connection end early", "UND_ERR_SOCKET", "reset"],
  ["the kernel gave up connecting", "ETIMEDOUT", "connect_timeout"],
  ["there is no way there", "EHOSTUNREACH", "unreachable"],
  ["our own descriptors are used up: not the endpoint's fault", "EMFILE", null],
  ["our own ports are used up: not the endpoint's fault", "EADDRNOTAVAIL", null],
  ["an answer in time is no matter of the network", "UND_ERR_HEADERS_TIMEOUT", null],
];
for (const [rule, code, want] of codes) {
  t.equal(networkFaultOf(Object.assign(new Error("made up"), { code })), want, rule);
}
t.equal(networkFaultOf("ECONNREFUSED"), null, "what is not an error says nothing");
