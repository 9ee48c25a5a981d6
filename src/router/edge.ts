/** The running edge: its listeners and connections, the plan in service, and the way from one plan to the next. */
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Clock, systemClock } from "../core/clock.ts";
import type { EdgeMetrics } from "../metrics/edge-metrics.ts";
import type { Plan } from "../plan/types.ts";
import { clientAddress } from "../policy/client.ts";
import { LoginFailures } from "../policy/limits/login-failures.ts";
import { allocateRates, RateLimits } from "../policy/limits/rate-limits.ts";
import { ClientConnection } from "./client-connection.ts";
import { ConnectionSweep } from "./connection-sweep.ts";
import { BodyStore } from "./http1/body-store.ts";
import { SharedLimits } from "./limits/shared-limits.ts";
import type { LimitEvents } from "./limits/store-watch.ts";
import { type LinkedListener, type LinkedPlan, linkPlan } from "./link.ts";
import { Listeners, type Listening } from "./listeners.ts";
import { type LoadSensors, systemSensors } from "./load-sensors.ts";
import { type Mode, stepsOf } from "./modes.ts";
import { observeEdge } from "./observe-edge.ts";
import { observeRates } from "./observe-rates.ts";
import { Overload } from "./overload.ts";
import { proxiesAt } from "./peer.ts";
import { drawRateKeys } from "./rate-keys.ts";
import { RequestIds } from "./request-ids.ts";
import type { EdgeServices, Reporter } from "./services.ts";
import { Tunnels } from "./tunnels.ts";
import { checkHealth } from "./upstream/health-check.ts";
import type { PoolDeps, PoolEvents } from "./upstream/pool-deps.ts";
import type { EndpointReport } from "./upstream/pool-report.ts";
import { systemResolver } from "./upstream/resolver.ts";
import { Upstream } from "./upstream/upstream.ts";

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
}

/** The edge's one timer: every deadline is met within this much. */
const SWEEP_MS = 100;
/** Tallies of failed logins and names with a success in memory at once, some 200 bytes each. */
const LOGINS_MAX = 200_000;
/** Idle connections are closed this long after a drain began. */
const DRAIN_IDLE_MS = 1_000;
/** Before the deadline of a drain the last WebSocket is asked to close: some seconds for its closing handshake. */
const DRAIN_SOCKET_MS = 3_000;
/** How often a drain looks whether it is done. */
const DRAIN_POLL_MS = 50;
/** How long a plan waits for its store of limits; until it is there the rules' failure modes decide. */
const STORE_MS = 500;
/** How long a plan waits for the names of new pools to be resolved; it then takes over without them. */
const NAMES_MS = 1_000;

export class Edge {
  readonly #options: EdgeOptions;
  readonly #services: EdgeServices;
  readonly #connections = new Set<ClientConnection>();
  readonly #deadlines = new ConnectionSweep(this.#connections);
  readonly #upstreams = new Map<string, Upstream>();
  /** Pools that the plan has no more, until their last request is over. */
  readonly #retired = new Set<Upstream>();
  readonly #listeners: Listeners;
  #sweeper: NodeJS.Timeout | null = null;

  /** Opens every listener of `plan`; rejects with the system's error when one cannot be opened, and leaves none open. */
  static async start(plan: Plan, options: EdgeOptions): Promise<Edge> {
    const edge = new Edge(plan, options);
    const shared = await edge.#sharedLimits(plan);
    await edge.#adopt(plan, shared);
    try {
      edge.#listen(plan, await edge.#listeners.open(plan.edge.listeners));
    } catch (cause) {
      shared?.close();
      throw cause;
    }
    edge.#sweeper = setInterval(() => edge.#sweep(), SWEEP_MS);
    return edge;
  }

  private constructor(plan: Plan, options: EdgeOptions) {
    const random = options.random ?? Math.random;
    this.#options = options;
    this.#listeners = new Listeners(options.metrics, options.reporter, (socket, via) => this.#accept(socket, via));
    const mode = options.mode ?? "edge";
    const bodies = new BodyStore(plan.edge.bodies);
    this.#services = {
      mode,
      steps: stepsOf[mode],
      plan: nothingLinked(plan),
      draining: false,
      clock: options.clock ?? systemClock,
      random,
      ids: new RequestIds(),
      metrics: options.metrics,
      reporter: options.reporter,
      rates: new RateLimits(allocateRates(drawRateKeys())),
      logins: new LoginFailures(LOGINS_MAX),
      shared: null,
      bodies,
      responses: { bytes: 0 },
      tunnels: new Tunnels(options.metrics, random),
      overload: new Overload({ ...this.#sensors(bodies), ...options.sensors }, (change) =>
        options.reporter.overload(change),
      ),
    };
    observeEdge(options.metrics, this.#services, this.#upstreams, () => this.#connections.size);
    observeRates(options.metrics, this.#services.rates, this.#services.clock);
  }

  get plan(): LinkedPlan {
    return this.#services.plan;
  }

  get draining(): boolean {
    return this.#services.draining;
  }

  /** Where the edge listens; the port is the real one also where the plan says 0. */
  get addresses(): readonly { readonly name: string; readonly address: string; readonly port: number }[] {
    return this.#listeners.addresses;
  }

  endpoints(): readonly (EndpointReport & { readonly pool: string })[] {
    return [...this.#upstreams.values()].flatMap((upstream) =>
      upstream.scheduling.report().map((report) => ({ pool: upstream.name, ...report })),
    );
  }

  /**
   * Puts `plan` into service: links it between requests, opens and closes listeners, then swaps in one assignment.
   * Requests and WebSockets go on with the plan that they began with. Rejects, with the old plan in service, when a
   * listener cannot be opened or a secret cannot be read.
   */
  async swap(plan: Plan): Promise<void> {
    const shared = await this.#sharedLimits(plan);
    try {
      const opened = await this.#listeners.open(plan.edge.listeners);
      await this.#adopt(plan, shared);
      this.#listen(plan, opened);
    } catch (cause) {
      if (shared !== this.#services.shared) shared?.close();
      throw cause;
    }
  }

  /** The limits that `plan` shares with other processes: those that serve, where the store is still the same. */
  async #sharedLimits({ edge }: Plan): Promise<SharedLimits | null> {
    const { shared, mode, metrics, clock, random } = this.#services;
    if (edge.redis === null || mode !== "edge") return null;
    if (JSON.stringify(shared?.settings) === JSON.stringify(edge.redis)) return shared;
    const events = this.#options.limitEvents ?? toldToNobody;
    const opened = SharedLimits.open(edge.redis, { metrics, events, clock, random });
    await Promise.race([opened.connected, delay(STORE_MS, undefined, { ref: false })]);
    return opened;
  }

  #share(shared: SharedLimits | null): void {
    const before = this.#services.shared;
    this.#services.shared = shared;
    if (before === shared) return;
    before?.close();
    this.#services.rates.shareLogins(shared?.loginKey ?? null);
  }

  #listen({ edge }: Plan, opened: readonly Listening[]): void {
    this.#listeners.change(edge.listeners, opened, edge.http.connectionsMax);
  }

  async #adopt(plan: Plan, shared: SharedLimits | null): Promise<void> {
    const unknown = plan.pools.filter((pool) => !this.#upstreams.has(pool.name));
    const upstreams = plan.pools.map((pool) => this.#upstreamOf(pool, plan));
    const asked = this.#asksWorkers ? unknown : [];
    const found = Promise.all(asked.map((pool) => this.#upstreams.get(pool.name)!.scheduling.start()));
    const linked = await linkPlan(plan, upstreams, this.#services.plan);
    await Promise.race([found, delay(NAMES_MS, undefined, { ref: false })]);
    this.#services.plan = linked;
    this.#share(shared);
    if (this.#asksWorkers) for (const [i, pool] of plan.pools.entries()) upstreams[i]!.update(pool, plan.edge.upstream);
    this.#services.bodies.settings = plan.edge.bodies;
    this.#dropUpstreams(new Set(upstreams));
    this.#services.tunnels.closeChanged(linked);
  }

  /**
   * Stops in order: takes new connections for `graceMs` more, then finishes what runs, and cuts what is left after
   * `deadlineMs`. True when nothing had to be cut.
   */
  async drain({ graceMs, deadlineMs }: { readonly graceMs: number; readonly deadlineMs: number }): Promise<boolean> {
    const { clock, tunnels } = this.#services;
    const endMs = clock.nowMs() + deadlineMs;
    if (graceMs > 0) await delay(Math.min(graceMs, deadlineMs));
    this.#services.draining = true;
    this.#listeners.close();
    const spanMs = Math.min(endMs - clock.nowMs() - DRAIN_SOCKET_MS, this.plan.plan.edge.realtime.closeJitterMs);
    tunnels.closeAll(Math.max(0, spanMs));
    const idleMs = Math.min(clock.nowMs() + DRAIN_IDLE_MS, endMs);
    while (this.#connections.size > 0 && clock.nowMs() < endMs) {
      if (clock.nowMs() >= idleMs) for (const connection of this.#connections) connection.closeIdle();
      await delay(DRAIN_POLL_MS);
    }
    return !this.cut();
  }

  /** Ends everything at once. True when a request or WebSocket was cut. */
  cut(): boolean {
    this.#services.draining = true;
    let cut = false;
    this.#listeners.close();
    for (const connection of this.#connections) cut = connection.cut() || cut;
    for (const upstream of [...this.#upstreams.values(), ...this.#retired]) upstream.close();
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#share(null);
    return cut;
  }

  // ---- connections

  #accept(socket: Socket, via: LinkedListener): void {
    const { metrics } = this.#options;
    if (this.#services.overload.level > 0 && !this.#mustKnow(socket)) {
      metrics.increment("connections_refused_total", 1, "overload");
      metrics.increment("overload_shed_total", 1, "connections");
      socket.resetAndDestroy();
      return;
    }
    metrics.increment("connections_accepted_total");
    const connection = new ClientConnection(socket, this.#services, via, (gone) => this.#connections.delete(gone));
    this.#connections.add(connection);
  }

  /** Whether the peer may be more than one client, or is an internal one: its requests are judged one by one. */
  #mustKnow(socket: Socket): boolean {
    const { plan, mode } = this.#services;
    const peer = clientAddress(socket.remoteAddress ?? "", null, null);
    return proxiesAt(peer, plan.trustedProxies, mode) !== null || (plan.internalClients?.has(peer) ?? false);
  }

  // ---- upstreams

  /** Without it no worker's name is resolved and none is checked: pools are there to be counted by. */
  get #asksWorkers(): boolean {
    return this.#services.mode !== "authorizer";
  }

  #upstreamOf(pool: Plan["pools"][number], plan: Plan): Upstream {
    const settings = plan.edge.upstream;
    const known = this.#upstreams.get(pool.name);
    if (known !== undefined) return known;
    const metricsIndex = this.#options.metrics.poolIndex(pool.name);
    const upstream = new Upstream(pool, settings, metricsIndex, this.#poolDeps(pool.name, metricsIndex));
    this.#upstreams.set(pool.name, upstream);
    return upstream;
  }

  #poolDeps(pool: string, metricsIndex: number): PoolDeps {
    const { clock, random } = this.#services;
    return {
      clock,
      random,
      resolve: systemResolver,
      check: checkHealth,
      events: this.#options.poolEvents(pool, metricsIndex),
    };
  }

  #dropUpstreams(used: ReadonlySet<Upstream>): void {
    for (const [name, upstream] of this.#upstreams) {
      if (used.has(upstream)) continue;
      this.#upstreams.delete(name);
      this.#retired.add(upstream);
    }
  }

  // ---- time

  #sweep(): void {
    const now = this.#services.clock.nowMs();
    try {
      this.#services.overload.sweep(now, this.plan.plan.edge.overload);
      this.#deadlines.sweep(now);
      for (const upstream of this.#upstreams.values()) upstream.sweep(now);
      for (const upstream of this.#retired) this.#sweepRetired(upstream, now);
      this.#services.tunnels.sweep(now);
    } catch (cause) {
      this.#options.reporter.fault("-", cause);
    }
  }

  #sweepRetired(upstream: Upstream, nowMs: number): void {
    if (upstream.requests > 0) return upstream.sweep(nowMs);
    this.#retired.delete(upstream);
    upstream.close();
  }

  #sensors(bodies: BodyStore): LoadSensors {
    const { clientsMax } = this.#listeners;
    return systemSensors({ bodies, intervalMs: SWEEP_MS, clients: () => this.#connections.size, clientsMax });
  }
}

const toldToNobody: LimitEvents = { connected: () => {}, lost: () => {}, breaker: () => {} };

/** What serves before the first plan is linked: no listener is open then. */
function nothingLinked(plan: Plan): LinkedPlan {
  return {
    plan,
    http: plan.edge.http,
    hosts: new Map(),
    tenants: new Map(),
    trustedProxies: null,
    internalClients: null,
  };
}
