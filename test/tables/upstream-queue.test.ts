import t from "tap";
import { FairQueue } from "../../src/router/upstream/fair-queue.ts";
import { TenantLane } from "../../src/router/upstream/tenant-lane.ts";
import { FakeRequest } from "../support/upstream-world.ts";

/** Requests by name: tenant, client, number, as in `a1.2`. Each tenant may have `inFlightMax` in flight. */
function queueOf(arrivals: string, inFlightMax: number) {
  const lanes = new Map<string, TenantLane>();
  const requests = new Map<string, FakeRequest>();
  const queue = new FairQueue();
  for (const name of arrivals.split(" ")) {
    const tenant = name[0]!;
    const limits = { inFlightMax, queueMax: 100, queueTimeoutMs: 1_000 };
    const lane = lanes.get(tenant) ?? new TenantLane(tenant, limits);
    lanes.set(tenant, lane);
    const request = new FakeRequest(lane, name[1]!);
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
    taken.lane.inFlight++;
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
  ["one address at two tenants is two clients", "a1.1 b1.1 a1.2 b1.2", 9, "a1.1 b1.1 a1.2 b1.2"],
];
for (const [rule, arrivals, inFlightMax, want] of orders) {
  t.equal(takeAll(queueOf(arrivals, inFlightMax)), want, rule);
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
  lane.inFlight--;
  made.queue.reconsider(lane);
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
