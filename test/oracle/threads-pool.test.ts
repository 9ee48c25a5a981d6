/**
 * A pool that two threads use, against what must hold: whatever they do, in whatever order their messages arrive, and if
 * one of them dies. Nothing is swept here, so that a request that nobody woke up stays asleep and is seen.
 */
import fc from "fast-check";
import t from "tap";
import type { FromScheduler, FromThread } from "../../src/router/threads/messages.ts";
import { PoolForThreads, type PoolUser } from "../../src/router/threads/pool-for-threads.ts";
import { PoolInThread } from "../../src/router/threads/pool-in-thread.ts";
import { Pressure } from "../../src/router/threads/pressure.ts";
import { type SharedLaneCounts, SharedLanes } from "../../src/router/threads/shared-lanes.ts";
import { type LaneLimits, TenantLane } from "../../src/router/upstream/tenant-lane.ts";
import { UpstreamPool } from "../../src/router/upstream/upstream-pool.ts";
import { at, FakeRequest, plainLane, plannedPool, settings, settled } from "../support/upstream-world.ts";

const PARTS = 3;
const WORKERS = 2;
const IN_FLIGHT_MAX = 3;
const RPC_MAX = 1;
const TENANTS = 3;
const limits: LaneLimits = {
  ...plainLane,
  inFlightMax: IN_FLIGHT_MAX,
  inFlightByRuleMax: { ...plainLane.inFlightByRuleMax, rpc: RPC_MAX },
};

/** One thread that serves, with the messages that are on their way from and to it. */
class FakeThread implements PoolUser {
  readonly part: number;
  readonly inbox: FromScheduler["tells"][] = [];
  readonly outbox: FromThread["tells"][] = [];
  readonly lanes: readonly TenantLane[];
  /** Requests that wait, or hold an endpoint. */
  readonly requests = new Set<FakeRequest>();
  pool: PoolInThread | null = null;
  pressure: Pressure | null = null;
  alive = true;

  constructor(part: number, segment: SharedArrayBuffer) {
    this.part = part;
    this.lanes = lanesIn(segment, part);
  }

  tell(tell: FromScheduler["tells"]): void {
    this.inbox.push(tell);
  }

  take(): void {
    const tell = this.inbox.shift();
    if (tell?.kind === "pool") {
      const line = { tell: (said: FromThread["tells"]) => void this.outbox.push(said) };
      const pressure = new Pressure(tell.pressure);
      this.pressure = pressure;
      this.pool = new PoolInThread({ id: tell.pool, part: this.part, pressure, line, random: Math.random });
    } else if (tell?.kind === "opened") this.pool!.opened(tell.endpoints, tell.workers);
    else if (tell?.kind === "granted") this.pool!.granted(tell.request, tell.endpoint);
    else if (tell?.kind === "refused") this.pool!.refused(tell.request, tell.code);
  }
}

function lanesIn(segment: SharedArrayBuffer, part: number): readonly TenantLane[] {
  const lanes = new SharedLanes(PARTS, part);
  lanes.add(segment);
  return Array.from({ length: TENANTS }, (_, place) => new TenantLane(`t${place}`, limits, lanes.counts(place)));
}

class World {
  readonly segment = new SharedLanes(PARTS, 0).allocate();
  readonly threads = [1, 2].map((part) => new FakeThread(part, this.segment));
  readonly lanes = lanesIn(this.segment, 0);
  readonly shared: PoolForThreads;

  constructor() {
    this.shared = new PoolForThreads(1, PARTS, (tell) => {
      for (const thread of this.threads) thread.tell(tell);
    });
    const nothing = () => undefined;
    this.shared.pool = new UpstreamPool(plannedPool(WORKERS, [at("10.0.0.1"), at("10.0.0.2")]), settings, {
      clock: { nowMs: () => 0, epochMs: () => 0 },
      random: Math.random,
      resolve: async () => [],
      check: async () => "fine",
      sharing: this.shared,
      events: {
        ...{ added: nothing, removed: nothing, unresolved: nothing, addressRefused: nothing },
        ...{ ejected: nothing, restored: nothing, checked: nothing },
      },
    });
  }

  hear(thread: FakeThread): void {
    const tell = thread.outbox.shift();
    if (tell?.kind === "wait") this.shared.wait(thread, this.lanes[tell.place]!, tell);
    else if (tell?.kind === "leave") this.shared.leave(thread, tell.request);
    else if (tell?.kind === "released") this.shared.released(this.lanes[tell.place] ?? null, tell.rule);
  }

  deliverAll(): void {
    const waits = () => this.threads.some(({ inbox, outbox }) => inbox.length + outbox.length > 0);
    while (waits()) {
      for (const thread of this.threads) {
        this.hear(thread);
        thread.take();
      }
    }
  }

  kill(thread: FakeThread): void {
    thread.alive = false;
    thread.requests.clear();
    thread.outbox.length = 0;
    this.shared.giveBack(thread);
    const lanes = new SharedLanes(PARTS, 0);
    lanes.add(this.segment);
    lanes.giveBack(thread.part, TENANTS);
    this.shared.pool.reconsider();
    thread.inbox.length = 0;
  }

  /** What is wrong now; empty when nothing is. Only when all messages are delivered. */
  wrong(): string {
    const endpoints = [...this.shared.pool.all()];
    const all = this.threads.flatMap(({ requests }) => [...requests]);
    const held = all.filter(({ endpoint }) => endpoint !== null);
    if (endpoints.some(({ places }) => places.inFlight > WORKERS)) return "more than the slots";
    if (endpoints.reduce((sum, { places }) => sum + places.inFlight, 0) !== held.length) return "a slot is lost";
    for (const [place, lane] of this.lanes.entries()) {
      const own = held.filter((request) => request.lane.tenant === `t${place}`);
      if (lane.counts.inFlight !== own.length) return `${lane.tenant}: a place is lost`;
      if (lane.counts.inFlight > IN_FLIGHT_MAX || lane.counts.ofRule(1) > RPC_MAX)
        return `${lane.tenant}: over its limit`;
    }
    const free = endpoints.some(({ places }) => places.inFlight < places.slots);
    const may = all.some(
      ({ endpoint, lane, ruleIndex }) => endpoint === null && lane.hasRoom && lane.hasRoomFor(ruleIndex),
    );
    return free && may ? "one that could be served waits" : "";
  }
}

type Step = {
  readonly does: "ask" | "release" | "leave" | "hear" | "take" | "kill";
  readonly thread: number;
  readonly pick: number;
};

function play(world: World, { does, thread: index, pick }: Step): void {
  const thread = world.threads[index]!;
  if (!thread.alive || thread.pool === null) return;
  const of = (holds: boolean) => [...thread.requests].filter(({ endpoint }) => (endpoint !== null) === holds);
  const chosen = (holds: boolean) => of(holds)[pick % Math.max(1, of(holds).length)];
  if (does === "hear") world.hear(thread);
  else if (does === "take") thread.take();
  else if (does === "kill") world.kill(thread);
  else if (does === "ask") ask(thread, pick);
  else if (does === "release") {
    const request = chosen(true);
    if (request === undefined) return;
    const endpoint = request.endpoint!;
    request.endpoint = null;
    thread.requests.delete(request);
    thread.pool.release(request, endpoint);
  } else {
    const request = chosen(false);
    if (request === undefined) return;
    thread.requests.delete(request);
    thread.pool.cancel(request);
  }
}

function ask(thread: FakeThread, pick: number): void {
  const rule = pick % 4 === 0 ? "rpc" : "app";
  const request = new FakeRequest(thread.lanes[pick % TENANTS]!, `192.0.2.${pick % 5}`, "ordinary", rule);
  const found = thread.pool!.acquire(request);
  if (typeof found !== "string") request.endpoint = found;
  if (typeof found !== "string" || found === "queued") thread.requests.add(request);
}

const step = fc.record({
  does: fc.constantFrom<Step["does"][]>(
    "ask",
    "ask",
    "ask",
    "release",
    "release",
    "leave",
    "hear",
    "hear",
    "take",
    "take",
  ),
  thread: fc.constantFrom(0, 1),
  pick: fc.nat(100),
});
const kill = fc.record({ does: fc.constant<Step["does"]>("kill"), thread: fc.constant(0), pick: fc.constant(0) });
let waited = 0;

const property = fc.asyncProperty(
  fc.array(step, { minLength: 20, maxLength: 120, size: "max" }),
  fc.option(kill, { nil: null }),
  fc.array(step, { maxLength: 60, size: "max" }),
  async (before, dies, after) => {
    const world = new World();
    await world.shared.pool.start();
    world.deliverAll();
    for (const one of [...before, ...(dies === null ? [] : [dies]), ...after]) {
      play(world, one);
      waited += world.shared.pool.depth > 0 ? 1 : 0;
    }
    world.deliverAll();
    const wrong = world.wrong();
    if (wrong !== "") throw new Error(wrong);
    for (const thread of world.threads) {
      for (let left = 0; thread.alive && thread.requests.size > 0; left++) {
        play(world, { does: "release", thread: thread.part - 1, pick: 0 });
        play(world, { does: "leave", thread: thread.part - 1, pick: left });
        world.deliverAll();
      }
    }
    const end = world.wrong();
    if (end !== "") throw new Error(`at the end: ${end}`);
    const counts = world.lanes.map((lane) => lane.counts as SharedLaneCounts);
    if (counts.some(({ waited }) => waited) || world.threads[1]!.pressure!.pressed)
      throw new Error("it stays rationed");
    if (world.shared.pool.depth > 0) throw new Error("somebody waits whom nobody knows");
    await settled();
  },
);

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const details = await fc.check(property, { seed, numRuns: 400 });
t.notOk(details.failed, `seed ${seed}`, {
  counterexample: JSON.stringify(details.counterexample),
  error: String(details.errorInstance),
});
t.ok(waited > 1_000, `requests waited: ${waited}`);
