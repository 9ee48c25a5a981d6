import fc from "fast-check";
import t from "tap";
import { type RuleName, ruleNames } from "../../src/policy/rules.ts";
import type { Endpoint } from "../../src/router/upstream/endpoint.ts";
import { at, FakeRequest, lane, plainLane, plannedPool, settings, UpstreamWorld } from "../support/upstream-world.ts";

const RPC = ruleNames.indexOf("rpc");
const RPC_MAX = 1;
/** One call at a time, whatever else. */
const capped = { ...plainLane, inFlightByRuleMax: { ...plainLane.inFlightByRuleMax, rpc: RPC_MAX } };

const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
const upstream = { ...settings, ejectAfter: 2, ejectBaseMs: 300, ejectMaxMs: 1_000 };

/** One thing that happens; `pick` chooses among whatever there is to choose from then. */
type Step =
  | {
      readonly does: "acquire";
      readonly tenant: number;
      readonly client: number;
      readonly internal: boolean;
      readonly rule: RuleName;
    }
  | { readonly does: "release" | "cancel" | "another" | "fail" | "succeed"; readonly pick: number }
  | { readonly does: "sweep"; readonly ms: number }
  | { readonly does: "update"; readonly workers: number; readonly endpoints: readonly string[] }
  | { readonly does: "limit"; readonly tenant: number; readonly inFlightMax: number };

/** Drives a pool and keeps its own books: who holds what, who waits, and that nobody is told twice. */
class Model {
  workers = 2;
  readonly world = new UpstreamWorld(
    this.workers,
    hosts.slice(0, 2).map((host) => at(host)),
    upstream,
  );
  readonly lanes = [lane("a", 2, 4, 500), lane("b", 1, 3, 700), lane("c", 9, 9, 300)];
  readonly held = new Set<FakeRequest>();
  readonly waiting = new Set<FakeRequest>();

  constructor() {
    for (const host of hosts) this.world.checks.set(host, "busy");
    for (const [i, lane] of this.lanes.entries()) {
      const { inFlightMax, queueMax, queueTimeoutMs } = lane;
      lane.update({ ...capped, inFlightMax, queueMax, queueTimeoutMs, weight: i + 1 });
    }
    void this.world.pool.start(); // addresses need no lookup: it is done when this returns
  }

  run(step: Step): void {
    const { pool } = this.world;
    if (step.does === "acquire") this.acquire(step);
    else if (step.does === "release") this.onPicked(this.held, step.pick, (request) => this.release(request));
    else if (step.does === "another") this.onPicked(this.held, step.pick, (request) => this.another(request));
    else if (step.does === "cancel") this.onPicked(this.waiting, step.pick, (request) => this.cancel(request));
    else if (step.does === "fail")
      this.onPicked(this.held, step.pick, ({ endpoint }) => pool.failed(endpoint!, "reset"));
    else if (step.does === "succeed") this.onPicked(this.held, step.pick, ({ endpoint }) => pool.succeeded(endpoint!));
    else if (step.does === "sweep") this.sweep(step.ms);
    else if (step.does === "update") this.update(step.workers, step.endpoints);
    else if (step.does === "limit") this.limit(step.tenant, step.inFlightMax);
    this.check();
  }

  /** Lets everything end; nothing may be left. */
  finish(): void {
    this.sweep(10_000);
    while (this.held.size > 0) this.onPicked(this.held, 0, (request) => this.release(request));
    if (this.waiting.size > 0 || this.world.pool.depth > 0) throw new Error("a request waits for ever");
    this.check();
    const left = this.world.pool.report().filter((row) => row.state === "draining" || row.inFlight > 0);
    if (left.length > 0) throw new Error(`left over: ${JSON.stringify(left)}`);
  }

  acquire(step: Step & { readonly does: "acquire" }): void {
    const kind = step.internal ? "internal" : "ordinary";
    const request = new FakeRequest(this.lanes[step.tenant]!, `c${step.client}`, kind, step.rule);
    request.onGranted = () => {
      if (!this.waiting.delete(request)) throw new Error("granted a request that does not wait");
      this.admit(request);
    };
    const outcome = this.world.pool.acquire(request);
    if (outcome === "queued") this.waiting.add(request);
    if (outcome === "queued" && request.internal) throw new Error("queued an internal request");
    if (typeof outcome === "string") return;
    request.endpoint = outcome;
    this.admit(request);
  }

  admit(request: FakeRequest): void {
    const {
      counts: { inFlight },
      inFlightMax,
    } = request.lane;
    if (!request.internal && inFlight > inFlightMax) throw new Error("over the tenant's limit");
    if (!request.internal && request.lane.counts.ofRule(RPC) > RPC_MAX) throw new Error("over the cap of its rule");
    this.hold(request);
  }

  /** What must be true of an endpoint at the moment that somebody gets it. */
  hold(request: FakeRequest): void {
    const endpoint = request.endpoint!;
    this.held.add(request);
    if (endpoint.draining || endpoint.state === "ejected") throw new Error("gave an endpoint that takes no requests");
    if (endpoint.places.inFlight > (request.internal ? this.workers * 7 : this.workers))
      throw new Error("gave a slot too many");
  }

  release(request: FakeRequest): void {
    this.held.delete(request);
    this.world.release(request);
  }

  another(request: FakeRequest): void {
    const before: Endpoint[] = [...(request.tried ?? []), request.endpoint!];
    const next = this.world.pool.another(request.endpoint!, request);
    if (next === "connect_failure") {
      this.held.delete(request);
      return;
    }
    if (before.includes(next)) throw new Error("gave an endpoint again");
    request.endpoint = next;
    this.hold(request);
  }

  cancel(request: FakeRequest): void {
    this.waiting.delete(request);
    this.world.pool.cancel(request);
  }

  sweep(ms: number): void {
    this.world.nowMs += ms;
    this.world.pool.sweep(this.world.nowMs);
    for (const request of this.waiting) {
      if (request.refusal !== null) this.waiting.delete(request);
      else if (request.deadlineMs <= this.world.nowMs) throw new Error("waits beyond its deadline");
    }
  }

  update(workers: number, endpoints: readonly string[]): void {
    this.workers = workers;
    this.world.pool.update(
      plannedPool(
        workers,
        endpoints.map((host) => at(host)),
      ),
      upstream,
    );
  }

  limit(tenant: number, inFlightMax: number): void {
    const lane = this.lanes[tenant]!;
    lane.update({
      ...capped,
      inFlightMax,
      queueMax: 5,
      queueTimeoutMs: lane.queueTimeoutMs,
      weight: 1 + (inFlightMax % 3),
    });
    this.sweep(0);
  }

  onPicked(from: ReadonlySet<FakeRequest>, pick: number, act: (request: FakeRequest) => void): void {
    const picked = [...from][from.size === 0 ? 0 : pick % from.size];
    if (picked !== undefined) act(picked);
  }

  /** The pool's counts are ours, and no slot is idle that somebody who waits could use. */
  check(): void {
    const { pool } = this.world;
    for (const row of pool.report()) {
      const inFlight = [...this.held].filter((request) => request.endpoint!.label === row.endpoint).length;
      if (row.inFlight !== inFlight) throw new Error(`${row.endpoint}: ${row.inFlight} in flight, not ${inFlight}`);
    }
    for (const lane of this.lanes) this.checkLane(lane);
    if (pool.depth !== this.waiting.size) throw new Error(`depth ${pool.depth}, not ${this.waiting.size}`);
    const usable = pool.report().filter((row) => row.state === "healthy" || row.state === "trial");
    if (!usable.some((row) => row.inFlight < row.slots)) return;
    const idle = [...this.waiting].find(({ lane, ruleIndex }) => lane.hasRoom && lane.hasRoomFor(ruleIndex));
    if (idle !== undefined) throw new Error(`a slot is free, and ${idle.lane.tenant} waits`);
  }

  checkLane(lane: Model["lanes"][number]): void {
    const mine = (requests: ReadonlySet<FakeRequest>) =>
      [...requests].filter((one) => one.lane === lane && !one.internal);
    if (lane.counts.inFlight !== mine(this.held).length)
      throw new Error(`${lane.tenant}: in flight ${lane.counts.inFlight}`);
    const calls = mine(this.held).filter(({ ruleIndex }) => ruleIndex === RPC).length;
    if (lane.counts.ofRule(RPC) !== calls)
      throw new Error(`${lane.tenant}: ${lane.counts.ofRule(RPC)} calls in flight`);
    if (lane.queued !== mine(this.waiting).length) throw new Error(`${lane.tenant}: queued ${lane.queued}`);
  }
}

const pick = fc.nat(50);
const tenant = fc.nat(2);
const acquire = fc.record({
  does: fc.constant("acquire" as const),
  tenant,
  client: fc.nat(2),
  rule: fc.constantFrom<RuleName>("app", "rpc", "static"),
  internal: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const onOne = (does: "release" | "cancel" | "another" | "fail" | "succeed") =>
  fc.record({ does: fc.constant(does), pick });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: acquire },
  { weight: 6, arbitrary: onOne("release") },
  { weight: 2, arbitrary: onOne("cancel") },
  { weight: 2, arbitrary: onOne("another") },
  { weight: 3, arbitrary: onOne("fail") },
  { weight: 2, arbitrary: onOne("succeed") },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("sweep" as const), ms: fc.nat(250) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("update" as const),
      workers: fc.integer({ min: 1, max: 3 }),
      endpoints: fc.subarray(hosts, { minLength: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant("limit" as const), tenant, inFlightMax: fc.integer({ min: 1, max: 4 }) }),
  },
);

t.test(
  "whatever happens in whatever order, slots are kept, nobody is lost, and all counts return to zero",
  async (t) => {
    const seed = Date.now() % 2 ** 31;
    t.comment(`seed ${seed}`);
    const property = fc.property(fc.array(step, { maxLength: 150, size: "max" }), (steps) => {
      const model = new Model();
      for (const one of steps) model.run(one);
      model.finish();
    });
    fc.assert(property, { seed, numRuns: 1_000 });
    t.pass("1000 histories");
  },
);
