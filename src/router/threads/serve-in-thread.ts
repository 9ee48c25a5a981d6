/** A thread that serves beside others: an edge of its own, whose counts and decisions are those of the process. */
import type { MessagePort } from "node:worker_threads";
import { EdgeMetrics, type Observations } from "../../metrics/edge-metrics.ts";
import type { GaugeName } from "../../metrics/table.ts";
import { SliceCollector } from "../../plan/slices.ts";
import type { Plan, PlannedPool } from "../../plan/types.ts";
import type { HashKey } from "../../policy/limits/keyed-hash.ts";
import { type DrainTimes, Edge, type PreparedPlan } from "../edge.ts";
import type { EdgeParts } from "../edge-parts.ts";
import type { TenantStore } from "../link.ts";
import type { Reporter } from "../services.ts";
import { noPoolEvents } from "../upstream/pool-deps.ts";
import { TenantLane } from "../upstream/tenant-lane.ts";
import { Upstream } from "../upstream/upstream.ts";
import { LimitsInThread, LoginsInThread, SocketsInThread } from "./gates-in-thread.ts";
import { MessageLine } from "./message-line.ts";
import type { FromScheduler, FromThread, PlanLinks, PlanPiece, ThreadBirth } from "./messages.ts";
import { PoolInThread, type ThreadLine } from "./pool-in-thread.ts";
import { Pressure } from "./pressure.ts";
import { SharedBudget } from "./shared-budget.ts";
import { SharedConnections } from "./shared-connections.ts";
import { SharedLanes } from "./shared-lanes.ts";
import { clockFrom } from "./thread-clock.ts";

/** What the thread's own program adds: where its edge's words go. */
export interface ThreadProgram {
  readonly reporter: Reporter;
  /** Writes what waits to be written. */
  close(): Promise<void>;
}

/** Gauges that each thread has its own of, and how they become one. */
export const gaugesOfThreads = {
  connections_open: "sum",
  tunnels_open: "sum",
  overload_stage: "max",
  overload_load_ratio: "max",
  nodejs_heap_used_bytes: "sum",
  nodejs_eventloop_lag_p99_seconds: "max",
} as const satisfies Partial<Record<GaugeName, "sum" | "max">>;
const gaugeNames = Object.keys(gaugesOfThreads) as (keyof typeof gaugesOfThreads)[];

/** Serves as the scheduler at the other end of `port` says. `programOf` gets the line to it. */
export function serveInThread(
  port: MessagePort,
  birth: ThreadBirth,
  programOf: (line: ThreadLine, metrics: EdgeMetrics) => ThreadProgram,
): void {
  new ServingThread(port, birth, programOf);
}

class ServingThread {
  readonly #birth: ThreadBirth;
  readonly #line: ThreadLine;
  readonly #metrics: EdgeMetrics;
  readonly #program: ThreadProgram;
  readonly #lanes: SharedLanes;
  readonly #pools = new Map<number, PoolInThread>();
  readonly #ports: Map<string, number>;
  #collector = new SliceCollector();
  /** By index of the tenant in the plan that is being handed over. */
  #places: number[] = [];
  #plan: Plan | null = null;
  #loginKey: HashKey | null = null;
  #poolIds = new Map<string, number>();
  #edge: Edge | null = null;
  #prepared: PreparedPlan | null = null;
  /** A drain or cut was asked for: maybe before this thread came to serve. */
  #ends = false;

  constructor(
    port: MessagePort,
    birth: ThreadBirth,
    programOf: (line: ThreadLine, metrics: EdgeMetrics) => ThreadProgram,
  ) {
    const { part, memory } = birth;
    this.#birth = birth;
    this.#ports = new Map(birth.ports);
    this.#metrics = new EdgeMetrics({ own: memory.metrics[part]! });
    this.#lanes = new SharedLanes(memory.parts, part);
    this.#line = new MessageLine<FromScheduler, FromThread>(port, {
      told: (tell) => this.#told(tell),
      asked: {
        piece: (piece) => this.#take(piece),
        start: (links) => this.#start(links),
        prepare: () => this.#prepare(),
        commit: (links) => this.#commit(links),
        observe: () => this.#observe(),
        alive: () => null,
        drain: (times) => this.#drain(times),
        cut: () => this.#cut(),
      },
    });
    this.#program = programOf(this.#line, this.#metrics);
  }

  #told(tell: FromScheduler["tells"]): void {
    switch (tell.kind) {
      case "pool":
        this.#pools.set(tell.pool, this.#poolOf(tell.pool, new Pressure(tell.pressure)));
        return;
      case "opened":
        return this.#pools.get(tell.pool)?.opened(tell.endpoints, tell.workers);
      case "removed":
        return this.#pools.get(tell.pool)?.removed(tell.endpoint);
      case "granted":
        return this.#pools.get(tell.pool)!.granted(tell.request, tell.endpoint);
      case "refused":
        return this.#pools.get(tell.pool)!.refused(tell.request, tell.code);
      case "forgotten":
        this.#pools.delete(tell.pool);
        return;
      case "lanes":
        return this.#lanes.add(tell.segment);
      case "port":
        this.#ports.set(tell.listener, tell.port);
        return;
      case "discard":
        return this.#discard();
    }
  }

  // ---- plans

  #take({ slice, places }: PlanPiece): null {
    if (slice.kind === "plan") {
      // What was handed over before may have come to no end: places go by the index of their tenants.
      this.#collector = new SliceCollector();
      this.#places = [];
    }
    for (const place of places) this.#places.push(place);
    const whole = this.#collector.take(slice);
    if (whole === undefined) return null;
    this.#plan = whole.plan!;
    return null;
  }

  async #start(links: PlanLinks): Promise<null> {
    if (this.#ends) throw new Error("the process ends");
    const plan = this.#plan!;
    const { mode } = this.#birth;
    this.#linksAre(plan, links);
    const { reporter } = this.#program;
    const clock = clockFrom(this.#birth.clockOriginMs);
    // The scheduler tells of endpoints; a thread only lets go of their connections.
    const poolEvents = () => noPoolEvents;
    this.#edge = await Edge.start(plan, {
      metrics: this.#metrics,
      reporter,
      poolEvents,
      mode,
      clock,
      parts: this.#parts(),
    });
    if (this.#ends) this.#edge.cut();
    return null;
  }

  async #prepare(): Promise<null> {
    this.#prepared = await this.#edge!.prepare(this.#plan!);
    return null;
  }

  async #commit(links: PlanLinks): Promise<null> {
    const prepared = this.#prepared!;
    this.#prepared = null;
    this.#linksAre(prepared.plan, links);
    await this.#edge!.commit(prepared);
    return null;
  }

  #discard(): void {
    if (this.#prepared !== null) this.#edge!.discard(this.#prepared);
    this.#prepared = null;
  }

  #linksAre(plan: Plan, { pools, metricsPools, loginKey }: PlanLinks): void {
    this.#loginKey = loginKey;
    for (const name of metricsPools) this.#metrics.poolIndex(name);
    this.#poolIds = new Map(plan.pools.map(({ name }, i) => [name, pools[i]!]));
  }

  // ---- the end

  async #drain(times: DrainTimes): Promise<boolean> {
    this.#ends = true;
    const clean = (await this.#edge?.drain(times)) ?? true;
    await this.#program.close();
    return clean;
  }

  async #cut(): Promise<null> {
    this.#ends = true;
    this.#edge?.cut();
    await this.#program.close();
    return null;
  }

  #observe(): Observations {
    return this.#metrics.observations(gaugeNames);
  }

  // ---- what it shares

  #parts(): EdgeParts {
    const { part, memory } = this.#birth;
    return {
      rates: memory.rates,
      logins: new LoginsInThread(this.#line),
      sockets: new SocketsInThread(this.#line),
      bodies: { memory: new SharedBudget(memory.bodyMemory, part), disk: new SharedBudget(memory.bodyDisk, part) },
      responses: new SharedBudget(memory.responses, part),
      connections: new SharedConnections(memory.connections, part),
      tenants: this.#tenants(),
      upstream: (pool, settings, metricsIndex) =>
        new Upstream(pool, settings, metricsIndex, (closing) => this.#poolNamed(pool).attach(closing(noPoolEvents))),
      listen: { shared: true, ports: this.#ports },
      limits: (settings) => new LimitsInThread(settings, this.#line, () => this.#loginKey!),
    };
  }

  #tenants(): TenantStore {
    return {
      placeOf: (_pool, _tenant, index) => this.#places[index]!,
      lane: ({ name, tier, place }) => new TenantLane(name, tier, this.#lanes.counts(place)),
      live: ({ place }) => this.#lanes.totals(place),
    };
  }

  #poolNamed({ name }: PlannedPool): PoolInThread {
    return this.#pools.get(this.#poolIds.get(name)!)!;
  }

  #poolOf(id: number, pressure: Pressure): PoolInThread {
    return new PoolInThread({ id, part: this.#birth.part, pressure, line: this.#line, random: Math.random });
  }
}
