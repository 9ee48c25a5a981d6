import t from "tap";
import type { PlannedEndpoint } from "../../src/plan/types.ts";
import { isForbiddenAddress } from "../../src/router/upstream/forbidden-address.ts";
import { at, FakeRequest, lane, plannedPool, settings, settled, UpstreamWorld } from "../support/upstream-world.ts";

const addresses: ReadonlyArray<readonly [rule: string, address: string, forbidden: boolean]> = [
  ["loopback is where a sidecar's worker is", "127.0.0.1", false],
  ["IPv6 loopback", "::1", false],
  ["private networks are where pods are", "10.1.2.3", false],
  ["unique local IPv6 is where pods are", "fd00:10:244::7", false],
  ["a public address is the operator's choice", "203.0.113.9", false],
  ["a mapped private address", "::ffff:10.1.2.3", false],
  ["cloud metadata", "169.254.169.254", true],
  ["ECS task metadata", "169.254.170.2", true],
  ["the first link-local address", "169.254.0.0", true],
  ["the last link-local address", "169.254.255.255", true],
  ["metadata, IPv4-mapped", "::ffff:169.254.169.254", true],
  ["metadata, IPv4-mapped in hexadecimal", "::ffff:a9fe:a9fe", true],
  ["metadata, IPv4-compatible", "::169.254.169.254", true],
  ["metadata through NAT64", "64:ff9b::169.254.169.254", true],
  ["metadata through 6to4", "2002:a9fe:a9fe::1", true],
  ["EC2 metadata on IPv6", "fd00:ec2::254", true],
  ["EC2 metadata, written out", "fd00:0ec2:0:0:0:0:0:0254", true],
  ["link-local IPv6", "fe80::1", true],
  ["the end of link-local IPv6", "febf:ffff::1", true],
  ["a zoned address", "fe80::1%lo", true],
  ["a zone on a harmless address", "::1%lo", true],
  ["unspecified", "0.0.0.0", true],
  ["this network", "0.1.2.3", true],
  ["unspecified IPv6", "::", true],
  ["unspecified, mapped", "::ffff:0.0.0.0", true],
  ["multicast", "224.0.0.1", true],
  ["broadcast", "255.255.255.255", true],
  ["multicast IPv6", "ff02::1", true],
  ["Alibaba Cloud metadata", "100.100.100.200", true],
  ["a hostname is no address", "localhost", true],
  ["nor is an octal one", "0177.0.0.1", true],
  ["nor is nothing", "", true],
];
for (const [rule, address, forbidden] of addresses) t.equal(isForbiddenAddress(address), forbidden, rule);

const NAME = at("workers.example");

/** The pool's endpoints as the report has them, each with its requests in flight. */
function endpointsOf(world: UpstreamWorld): string[] {
  return world.pool.report().map((row) => `${row.endpoint} ${row.state} ${row.inFlight}`);
}

const founds: ReadonlyArray<
  readonly [rule: string, endpoints: readonly PlannedEndpoint[], dns: Record<string, string[]>, want: readonly string[]]
> = [
  ["an address is not looked up", [at("10.0.0.1")], {}, ["10.0.0.1:8069"]],
  ["IPv6 has brackets where a port follows", [at("fd00::1")], {}, ["[fd00::1]:8069"]],
  [
    "a name is every address that it has",
    [NAME],
    { "workers.example": ["10.0.0.1", "10.0.0.2"] },
    ["10.0.0.1:8069", "10.0.0.2:8069"],
  ],
  [
    "without endpoints the Service's name is looked up",
    [],
    { "worker-odoo.odoo-v18.svc": ["10.0.0.9"] },
    ["10.0.0.9:8069"],
  ],
  [
    "two names for one worker are one endpoint",
    [NAME, at("10.0.0.1")],
    { "workers.example": ["10.0.0.1"] },
    ["10.0.0.1:8069"],
  ],
  [
    "one address with two ports is two endpoints",
    [at("10.0.0.1", 1), at("10.0.0.1", 9)],
    {},
    ["10.0.0.1:1", "10.0.0.1:9"],
  ],
  [
    "a name that points at metadata gives the rest only",
    [NAME],
    { "workers.example": ["169.254.169.254", "10.0.0.1"] },
    ["10.0.0.1:8069"],
  ],
  ["a written metadata address is not used", [at("169.254.169.254")], {}, []],
  ["a name that fails gives none, and takes none from the others", [NAME, at("10.0.0.1")], {}, ["10.0.0.1:8069"]],
];
for (const [rule, endpoints, dns, want] of founds) {
  t.test(rule, async (t) => {
    const world = new UpstreamWorld(1, endpoints);
    for (const [name, found] of Object.entries(dns)) world.dns.set(name, found);
    await world.pool.start();
    t.same(
      world.pool.report().map((row) => row.endpoint),
      want,
    );
  });
}

t.test("without any endpoint requests are refused, and what was wrong is told", async (t) => {
  const world = new UpstreamWorld(1, [NAME, at("169.254.169.254")]);
  await world.pool.start();
  t.equal(world.acquire(new FakeRequest(lane("acme"))), "no_healthy_upstream");
  t.equal(world.pool.acquireRealtime(), "no_healthy_upstream");
  t.same(world.taken(), ["unresolved workers.example", "address refused 169.254.169.254 169.254.169.254"]);
});

t.test("names are looked up again", async (t) => {
  const world = new UpstreamWorld(1, [NAME]);
  const tenant = lane("acme");
  world.dns.set("workers.example", ["10.0.0.1"]);
  await world.pool.start();
  await world.pass(0);
  const old = new FakeRequest(tenant);
  world.acquire(old);
  world.taken();

  world.dns.set("workers.example", ["10.0.0.2"]);
  await world.pass(29_999);
  t.same(endpointsOf(world), ["10.0.0.1:8069 healthy 1"], "not before it is time");
  await world.pass(1);
  t.same(endpointsOf(world), ["10.0.0.1:8069 draining 1", "10.0.0.2:8069 healthy 0"], "what left is drained");
  t.equal(world.acquire(new FakeRequest(tenant)), "10.0.0.2:8069");
  t.same(world.taken().slice(0, 2), ["removed 10.0.0.1:8069", "added 10.0.0.2:8069"]);
  await world.pass(30_000);
  t.same(world.taken(), [], "and all of it is told once");

  world.dns.set("workers.example", ["10.0.0.1", "10.0.0.2"]);
  await world.pass(30_000);
  t.same(endpointsOf(world), ["10.0.0.1:8069 healthy 1", "10.0.0.2:8069 healthy 1"], "what comes back has its count");
  t.equal(world.acquire(new FakeRequest(tenant)), "queued", "so that its workers are not promised twice");

  world.dns.set("workers.example", ["10.0.0.2"]);
  await world.pass(30_000);
  world.release(old);
  t.same(endpointsOf(world), ["10.0.0.2:8069 healthy 1"], "what is drained is forgotten");
});

const failures: ReadonlyArray<readonly [rule: string, found: readonly string[] | null]> = [
  ["a lookup that fails keeps the last addresses", null],
  ["a lookup without an address keeps the last ones", []],
  ["a lookup that only finds metadata keeps the last ones", ["169.254.169.254"]],
];
for (const [rule, found] of failures) {
  t.test(rule, async (t) => {
    const world = new UpstreamWorld(1, [NAME]);
    world.dns.set("workers.example", ["10.0.0.1"]);
    await world.pool.start();
    await world.pass(0);
    world.dns.delete("workers.example");
    if (found !== null) world.dns.set("workers.example", found);
    await world.pass(30_000);
    t.same(endpointsOf(world), ["10.0.0.1:8069 healthy 0"]);
    t.ok(world.taken().includes("unresolved workers.example"), "and is told");
    world.dns.set("workers.example", ["10.0.0.2"]);
    await world.pass(1_000);
    t.same(endpointsOf(world), ["10.0.0.2:8069 healthy 0"], "and is tried again after a second");
  });
}

t.test("a reload keeps what is the same", async (t) => {
  const world = new UpstreamWorld(1, [at("10.0.0.1"), at("10.0.0.2")]);
  await world.pool.start();
  const tenant = lane("acme");
  const requests = [new FakeRequest(tenant), new FakeRequest(tenant), new FakeRequest(tenant)];
  for (const request of requests) world.acquire(request);
  const first = requests.find((request) => request.endpoint?.ip === "10.0.0.1")!;
  for (let i = 0; i < 3; i++) world.pool.failed(first.endpoint!, "refused");

  world.pool.update(plannedPool(1, [at("10.0.0.1"), at("10.0.0.3")]), settings);
  const want = ["10.0.0.1:8069 ejected 1", "10.0.0.2:8069 draining 1", "10.0.0.3:8069 healthy 1"];
  t.same(endpointsOf(world), want, "counts, health, and requests in flight on what left");
  t.equal(requests[2]!.endpoint?.ip, "10.0.0.3", "what waited is served by what is new");

  world.pool.update(plannedPool(2, [at("10.0.0.3", 9)]), settings);
  t.equal(world.acquire(new FakeRequest(tenant)), "10.0.0.3:9", "another port is another endpoint");
});

t.test("a reload changes how many may be in flight", async (t) => {
  const world = new UpstreamWorld(2, [at("10.0.0.1")]);
  await world.pool.start();
  const tenant = lane("acme");
  const requests = Array.from({ length: 4 }, () => new FakeRequest(tenant));
  for (const request of requests) world.acquire(request);
  world.pool.update(plannedPool(1, [at("10.0.0.1")]), settings);
  world.release(requests[0]!);
  t.equal(requests[2]!.endpoint, null, "fewer: the next one waits until there is room again");
  world.pool.update(plannedPool(3, [at("10.0.0.1")]), settings);
  t.same(
    requests.slice(2).map((request) => request.endpoint?.ip),
    ["10.0.0.1", "10.0.0.1"],
    "more: at once",
  );
});

t.test("a reload to a name serves from the former endpoints until the name is resolved", async (t) => {
  const world = new UpstreamWorld(9, [at("10.0.0.1")]);
  const found = Promise.withResolvers<readonly string[]>();
  world.dns.set("workers.example", found.promise);
  await world.pool.start();
  world.pool.update(plannedPool(9, [NAME]), settings);
  await world.pass(60_000);
  await world.pass(60_000);
  t.equal(world.acquire(new FakeRequest(lane("acme"))), "10.0.0.1:8069");
  t.same(world.lookups, ["workers.example"], "which is asked for once, however long it takes");
  found.resolve(["10.0.0.2"]);
  await settled();
  t.equal(world.acquire(new FakeRequest(lane("acme"))), "10.0.0.2:8069");
});

t.test("a name that is resolved when the pool is closed opens nothing", async (t) => {
  const world = new UpstreamWorld(9, [NAME]);
  const found = Promise.withResolvers<readonly string[]>();
  world.dns.set("workers.example", found.promise);
  const starting = world.pool.start();
  world.pool.close();
  found.resolve(["10.0.0.1"]);
  await starting;
  t.equal(world.acquire(new FakeRequest(lane("acme"))), "no_healthy_upstream");
  t.same(world.taken(), []);
});
