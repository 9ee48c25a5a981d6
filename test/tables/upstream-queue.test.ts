import t from "tap";
import { ruleNames } from "../../src/policy/rules.ts";
import { FairQueue } from "../../src/router/upstream/fair-queue.ts";
import { type LaneLimits, TenantLane } from "../../src/router/upstream/tenant-lane.ts";
import { FakeRequest, lane, plainLane } from "../support/upstream-world.ts";

const APP = ruleNames.indexOf("app");
const RPC = ruleNames.indexOf("rpc");

/** Requests by name: tenant, client, number, as in `a1.2`; calls end in `r`. Tenants may have `inFlightMax` in flight. */
function queueOf(arrivals: string, inFlightMax: number, more: Partial<LaneLimits> = {}) {
  const lanes = new Map<string, TenantLane>();
  const requests = new Map<string, FakeRequest>();
  const queue = new FairQueue();
  for (const name of arrivals.split(" ")) {
    const tenant = name[0]!;
    const weight = tenant === "h" ? 3 : 1;
    const lane = lanes.get(tenant) ?? new TenantLane(tenant, { ...plainLane, inFlightMax, weight, ...more });
    lanes.set(tenant, lane);
    const request = new FakeRequest(lane, name[1]!, "ordinary", name.endsWith("r") ? "rpc" : "app");
    requests.set(name, request);
    queue.push(request);
  }
  const nameOf = (wanted: unknown) => [...requests].find(([, request]) => request === wanted)?.[0] ?? "-";
  return { queue, lanes, requests, nameOf };
}

/** Takes until nobody has a turn; what is taken stays in flight. */
function takeAll({ queue, nameOf }: ReturnType<typeof queueOf>): string {
  const order: string[] = [];
  for (let taken = queue.take(); taken !== null; taken = queue.take()) {
    order.push(nameOf(taken));
  }
  return order.join(" ");
}

const orders: ReadonlyArray<readonly [rule: string, arrivals: string, inFlightMax: number, want: string]> = [
  ["one client keeps its order", "a1.1 a1.2 a1.3", 9, "a1.1 a1.2 a1.3"],
  ["clients of a tenant take turns", "a1.1 a1.2 a1.3 a2.1 a2.2", 9, "a1.1 a2.1 a1.2 a2.2 a1.3"],
  ["tenants take turns", "a1.1 a1.2 a1.3 b1.1 b1.2", 9, "a1.1 b1.1 a1.2 b1.2 a1.3"],
  ["a tenant with many clients has one turn", "a1.1 a2.1 a3.1 b1.1 b1.2", 9, "a1.1 b1.1 a2.1 b1.2 a3.1"],
  ["a tenant at its limit is passed over", "a1.1 a1.2 b1.1 a2.1 b1.2", 1, "a1.1 b1.1"],
  [
    "a turn is worth the weight, behind one request ahead",
    "h1.1 h1.2 h1.3 h1.4 h1.5 h1.6 b1.1 b1.2 b1.3",
    9,
    "h1.1 b1.1 h1.2 h1.3 h1.4 b1.2 h1.5 h1.6 b1.3",
  ],
  ["one address at two tenants is two clients", "a1.1 b1.1 a1.2 b1.2", 9, "a1.1 b1.1 a1.2 b1.2"],
];
for (const [rule, arrivals, inFlightMax, want] of orders) {
  t.equal(takeAll(queueOf(arrivals, inFlightMax)), want, rule);
}

const calls = { inFlightByRuleMax: { ...plainLane.inFlightByRuleMax, rpc: 1 } };
const cappedOrders: ReadonlyArray<readonly [rule: string, arrivals: string, inFlightMax: number, want: string]> = [
  ["calls at the cap of their rule stand aside", "a1.1r a1.2r a2.1r a1.3 a1.4", 9, "a1.1r a1.3 a1.4"],
  ["the cap is the tenant's own", "a1.1r a1.2r b1.1r b1.2r", 9, "a1.1r b1.1r"],
  ["the cap is within that of the tenant", "a1.1 a1.2r", 1, "a1.1"],
];
for (const [rule, arrivals, inFlightMax, want] of cappedOrders) {
  t.equal(takeAll(queueOf(arrivals, inFlightMax, calls)), want, rule);
}

t.test("a call that ends lets the next one of its rule in, also when the one that was let in leaves", async (t) => {
  const made = queueOf("a1.1r a2.1r a3.1r a4.1", 9, calls);
  t.equal(takeAll(made), "a1.1r a4.1");
  const lane = made.lanes.get("a")!;
  lane.leave(RPC);
  made.queue.reconsider(lane, RPC);
  made.queue.remove(made.requests.get("a2.1r")!);
  t.equal(takeAll(made), "a3.1r");
  t.equal(made.queue.depth, 0);
  t.equal(lane.queue, null, "nothing is kept");
});

t.test("a tenant that comes with nothing in flight waits for nobody's turn, and once only", async (t) => {
  const made = queueOf("h1.1 h1.2 h1.3 h1.4 h1.5 h1.6 h1.7", 9);
  const next = () => made.nameOf(made.queue.take());
  t.equal(next(), "h1.1");
  t.equal(next(), "h1.2");
  const quiet = lane("quiet");
  const ask = () => {
    const request = new FakeRequest(quiet);
    made.queue.push(request);
    return request;
  };
  const first = ask();
  t.equal(made.queue.take(), first, "in the middle of another's turn");
  const second = ask();
  t.equal(next(), "h1.3", "the turn goes on");
  t.equal(next(), "h1.4");
  t.equal(made.queue.take(), second, "then it is ours");
  made.queue.remove(ask());
  t.equal(next(), "h1.5");
});

const shares: ReadonlyArray<readonly [rule: string, slots: number, weight: number, inFlight: number, ahead: boolean]> =
  [
    ["less than its share of the slots is ahead", 8, 1, 3, true],
    ["its share is not", 8, 1, 4, false],
    ["a share is the weight's", 8, 3, 5, true],
    ["and no more", 8, 3, 6, false],
    ["nothing in flight is ahead of any share", 1, 1, 0, true],
  ];
for (const [rule, slots, weight, inFlight, ahead] of shares) {
  const { queue, nameOf } = queueOf("a1.1 a1.2 a1.3", 9);
  queue.slots = slots;
  queue.take(); // the first of a tenant that had nothing
  const comes = new FakeRequest(new TenantLane("comes", { ...plainLane, inFlightMax: 9, weight }));
  for (let i = 0; i < inFlight; i++) comes.lane.enter(APP);
  queue.push(comes);
  t.equal(nameOf(queue.take()), ahead ? "-" : "a1.2", rule);
}

const leaving: ReadonlyArray<readonly [rule: string, arrivals: string, leave: string, want: string]> = [
  ["the first of a client may leave", "a1.1 a1.2 a2.1", "a1.1", "a1.2 a2.1"],
  ["one in the middle may leave", "a1.1 a1.2 a1.3", "a1.2", "a1.1 a1.3"],
  ["the last may leave", "a1.1 a1.2 a1.3", "a1.3", "a1.1 a1.2"],
  ["the only one of a client may leave", "a1.1 a2.1 a3.1", "a2.1", "a1.1 a3.1"],
  ["the only one of a tenant may leave", "a1.1 b1.1 c1.1", "b1.1", "a1.1 c1.1"],
  ["all may leave", "a1.1 b1.1", "a1.1 b1.1", ""],
  ["leaving twice is leaving once", "a1.1 a1.2", "a1.1 a1.1", "a1.2"],
];
for (const [rule, arrivals, leave, want] of leaving) {
  const made = queueOf(arrivals, 9);
  for (const name of leave.split(" ")) made.queue.remove(made.requests.get(name)!);
  t.equal(made.queue.depth, want.split(" ").filter(Boolean).length, `${rule}: depth`);
  t.equal(takeAll(made), want, rule);
}

t.test("a tenant at its limit has its turn again when a request of its own ends", async (t) => {
  const made = queueOf("a1.1 a1.2 a1.3 b1.1", 1);
  t.equal(takeAll(made), "a1.1 b1.1");
  const lane = made.lanes.get("a")!;
  lane.leave(APP);
  made.queue.reconsider(lane, APP);
  t.equal(takeAll(made), "a1.2");
});

t.test("nothing of a tenant is kept when nothing of it waits", async (t) => {
  const made = queueOf("a1.1 a2.1", 9);
  takeAll(made);
  t.equal(made.lanes.get("a")!.queue, null);
  t.equal(made.lanes.get("a")!.queued, 0);
  t.equal(made.queue.depth, 0);
});

t.test("whoever has reached its deadline is taken out and told, of each client", async (t) => {
  const made = queueOf("a1.1 a1.2 a2.1 b1.1", 9);
  for (const [name, deadlineMs] of Object.entries({ "a1.1": 10, "a1.2": 20, "a2.1": 30, "b1.1": 20 })) {
    made.requests.get(name)!.deadlineMs = deadlineMs;
  }
  const expired: string[] = [];
  const sweep = (nowMs: number) => made.queue.expire(nowMs, (request) => expired.push(made.nameOf(request)));
  sweep(9);
  t.same(expired, [], "none before its time");
  sweep(20);
  t.same(expired, ["a1.1", "a1.2", "b1.1"], "at its time, not after");
  t.equal(takeAll(made), "a2.1", "the others still wait");
});
