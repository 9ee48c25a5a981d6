/** The running edge: its listeners and connections, the plan in service, and the way from one plan to the next. */
import { setTimeout as delay } from "node:timers/promises";
import { type Clock, systemClock } from "../core/clock.ts";
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { Plan } from "../plan/types.ts";
import { RateLimits } from "../policy/limits/rate-limits.ts";
import { ClientConnections } from "./client-connections.ts";
import { type EdgeParts, ownParts } from "./edge-parts.ts";
import { BodyStore } from "./http1/body-store.ts";
import type { LimitGate } from "./limits/limit-gate.ts";
import { PlanLimits } from "./limits/plan-limits.ts";
import type { LimitEvents } from "./limits/store-watch.ts";
import { type LinkedPlan, linkPlan, nothingLinked } from "./link.ts";
import { Listeners, type Listening } from "./listeners.ts";
import { type LoadSensors, systemSensors } from "./load-sensors.ts";
import { type Mode, stepsOf } from "./modes.ts";
import { observeEdge, observeProcess } from "./observe-edge.ts";
import { observeRates } from "./observe-rates.ts";
import { Overload } from "./overload.ts";
import { RequestIds } from "./request-ids.ts";
import type { RunningEdge } from "./running-edge.ts";
import type { EdgeServices, Reporter } from "./services.ts";
import { Tunnels } from "./tunnels.ts";
import type { PoolEvents } from "./upstream/pool-deps.ts";
import type { EndpointReport } from "./upstream/pool-report.ts";
import { Upstreams } from "./upstreams.ts";

export interface EdgeOptions {
  readonly metrics: EdgeMetrics;
  readonly reporter: Reporter;
  /** What one pool's endpoints go through, for logs and metrics. */
  readonly poolEvents: (pool: string, metricsIndex: number) => PoolEvents;
  /** What the shared store of limits goes through; told to nobody where it is left out. */
  readonly limitEvents?: LimitEvents;
  /** Which steps a request takes; `edge` where it is left out. */
  readonly mode?: Mode;
  readonly clock?: Clock;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** In place of the process's own. */
  readonly sensors?: Partial<LoadSensors>;
  /** What it has in common with other threads; all is its own where it is left out. */
  readonly parts?: EdgeParts;
}

/** How a stop goes on. */
export interface DrainTimes {
  /** How long new connections are still taken. */
  readonly graceMs: number;
  /** After which what is left is cut. */
  readonly deadlineMs: number;
}

/** Where an edge listens. */
export interface ListenerAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** A plan that may serve: what could fail is done. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly limits: LimitGate | null;
  readonly opened: readonly Listening[];
}

/** The edge's one timer: every deadline is met within this much. */
const SWEEP_MS = 100;
/** Before the deadline of a drain the last WebSocket is asked to close: some seconds for its closing handshake. */
const DRAIN_SOCKET_MS = 3_000;

export class Edge implements RunningEdge {
  readonly #options: EdgeOptions;
  readonly #parts: EdgeParts;
  readonly #services: EdgeServices;
  readonly #limits: PlanLimits;
  readonly #upstreams: Upstreams;
  readonly #listeners: Listeners;
  readonly #connections: ClientConnections;
  #sweeper: NodeJS.Timeout | null = null;

  /** Opens every listener of `plan`; rejects with the system's error when one cannot be opened, and leaves none open. */
  static async start(plan: Plan, options: EdgeOptions): Promise<Edge> {
    const edge = new Edge(plan, options);
    const limits = await edge.#limitsOf(plan);
    await edge.#adopt(plan, limits);
    try {
      edge.#listen(plan, await edge.#listeners.open(plan.edge.listeners));
    } catch (cause) {
      edge.cut();
      throw cause;
    }
    edge.#sweeper = setInterval(() => edge.#sweep(), SWEEP_MS);
    return edge;
  }

  private constructor(plan: Plan, options: EdgeOptions) {
    const { metrics, reporter, poolEvents, limitEvents, mode = "edge", clock = systemClock } = options;
    const random = options.random ?? Math.random;
    const parts = options.parts ?? ownParts({ metrics, clock, random, poolEvents, limitEvents });
    this.#options = options;
    this.#parts = parts;
    this.#limits = new PlanLimits((settings) => parts.limits(settings));
    this.#upstreams = new Upstreams(metrics, parts.upstream, mode);
    this.#listeners = new Listeners(metrics, reporter, parts.listen, (socket, via) =>
      this.#connections.accept(socket, via),
    );
    const bodies = new BodyStore(plan.edge.bodies, parts.bodies, () => metrics.increment("body_spills_total"));
    this.#services = {
      mode,
      steps: stepsOf[mode],
      plan: nothingLinked(plan),
      draining: false,
      clock,
      random,
      ids: new RequestIds(),
      metrics,
      reporter,
      rates: new RateLimits(parts.rates),
      logins: parts.logins,
      sockets: parts.sockets,
      shared: null,
      bodies,
      responses: parts.responses,
      tunnels: new Tunnels(metrics, random),
      overload: new Overload({ ...this.#sensors(bodies), ...options.sensors }, (change) => reporter.overload(change)),
    };
    this.#connections = new ClientConnections(this.#services, parts.connections, this.#listeners.clientsMax);
    observeEdge(metrics, this.#services, () => this.#connections.size);
    observeProcess(metrics, {
      plan: () => this.plan.plan,
      draining: () => this.draining,
      upstreams: this.#upstreams.byName,
      logins: () => parts.logins.size,
      bodies,
    });
    observeRates(metrics, this.#services.rates, clock);
  }

  get plan(): LinkedPlan {
    return this.#services.plan;
  }

  get serving(): boolean {
    return true;
  }

  get draining(): boolean {
    return this.#services.draining;
  }

  get addresses(): readonly ListenerAddress[] {
    return this.#listeners.addresses;
  }

  endpoints(): readonly (EndpointReport & { readonly pool: string })[] {
    return this.#upstreams.report();
  }

  socketsOf(tenant: string): number {
    return this.#parts.sockets.of(tenant);
  }

  /** Links the plan between requests, opens and closes listeners, then swaps in one assignment. */
  async swap(plan: Plan): Promise<void> {
    await this.commit(await this.prepare(plan));
  }

  /** Does of a swap what can fail. What it gives goes to `commit` or to `discard`. */
  async prepare(plan: Plan): Promise<PreparedPlan> {
    const limits = await this.#limitsOf(plan);
    try {
      return { plan, limits, opened: await this.#listeners.open(plan.edge.listeners) };
    } catch (cause) {
      this.#limits.discard(limits);
      throw cause;
    }
  }

  async commit({ plan, limits, opened }: PreparedPlan): Promise<void> {
    await this.#adopt(plan, limits);
    this.#listen(plan, opened);
  }

  discard({ limits, opened }: PreparedPlan): void {
    this.#limits.discard(limits);
    this.#listeners.discard(opened);
  }

  /** Behind Envoy, which counts them itself, there are none. */
  async #limitsOf(plan: Plan): Promise<LimitGate | null> {
    return this.#services.mode === "edge" ? this.#limits.prepare(plan) : null;
  }

  #listen({ edge }: Plan, opened: readonly Listening[]): void {
    this.#listeners.change(edge.listeners, opened, edge.http.connectionsMax);
  }

  async #adopt(plan: Plan, limits: LimitGate | null): Promise<void> {
    const upstreams = this.#upstreams.open(plan);
    const linked = await linkPlan(plan, upstreams.list, this.#services.plan, this.#parts.tenants);
    await upstreams.found;
    this.#services.plan = linked;
    this.#share(limits);
    this.#upstreams.adopt(plan, upstreams.list);
    this.#services.bodies.settings = plan.edge.bodies;
    this.#services.tunnels.closeChanged(linked);
  }

  async drain({ graceMs, deadlineMs }: DrainTimes): Promise<boolean> {
    const { clock, tunnels } = this.#services;
    const endMs = clock.nowMs() + deadlineMs;
    if (graceMs > 0) await delay(Math.min(graceMs, deadlineMs));
    this.#services.draining = true;
    this.#listeners.close();
    const spanMs = Math.min(endMs - clock.nowMs() - DRAIN_SOCKET_MS, this.plan.plan.edge.realtime.closeJitterMs);
    tunnels.closeAll(Math.max(0, spanMs));
    await this.#connections.drain(endMs);
    return !this.cut();
  }

  /** True when a request or WebSocket was cut. */
  cut(): boolean {
    this.#services.draining = true;
    this.#listeners.close();
    const cut = this.#connections.cut();
    this.#upstreams.close();
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#share(null);
    return cut;
  }

  #share(limits: LimitGate | null): void {
    const before = this.#services.shared;
    this.#services.shared = limits;
    this.#limits.adopt(limits);
    if (before !== limits) this.#services.rates.shareLogins(limits?.loginKey ?? null);
  }

  async close(): Promise<void> {}

  #sweep(): void {
    const now = this.#services.clock.nowMs();
    try {
      this.#services.overload.sweep(now, this.plan.plan.edge.overload);
      this.#connections.sweep(now);
      this.#upstreams.sweep(now);
      this.#services.tunnels.sweep(now);
    } catch (cause) {
      this.#options.reporter.fault("-", cause);
    }
  }

  #sensors(bodies: BodyStore): LoadSensors {
    const { clientsMax } = this.#listeners;
    const clients = () => this.#parts.connections.open;
    return systemSensors({ bodies, intervalMs: SWEEP_MS, clients, clientsMax });
  }
}
