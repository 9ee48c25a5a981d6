/** The life of the serving process, from the catalog's files to the exit code. */
import { startAdmin } from "../../admin/admin.ts";
import type { RunningServer } from "../../admin/http-server.ts";
import { startTelemetry } from "../../admin/telemetry.ts";
import { printProblems } from "../../catalog/print-problems.ts";
import { type CatalogWatch, watchCatalog } from "../../catalog/watch.ts";
import type { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import { observeProcess } from "../../metrics/process-metrics.ts";
import { compileOffThread } from "../../plan/off-thread.ts";
import type { Address, Plan } from "../../plan/types.ts";
import type { Mode } from "../../router/modes.ts";
import type { RunningEdge } from "../../router/running-edge.ts";
import type { Reporter } from "../../router/services.ts";
import { version } from "../about.ts";
import { exitCodes } from "../command-error.ts";
import { adminSource } from "./admin-source.ts";
import { edgeListenError, listenError } from "./listen-error.ts";
import { type LogOptions, Logs } from "./logs.ts";
import { Reloader, tellProblems } from "./reloader.ts";
import { reporterTo } from "./reporting.ts";
import { allocateCounts, type ProcessCounts, type StartedEdge, startEdge } from "./start-edge.ts";
import { StopSignals } from "./stop-signals.ts";

export interface ServeOptions {
  readonly layers: readonly string[];
  readonly mode: Mode;
  /** Threads that serve; with 1 the process has no other. */
  readonly threads: number;
  /** Whether files that change are read again; SIGHUP always does that. */
  readonly watch: boolean;
  readonly logs: LogOptions;
  /** How long new connections are taken after the signal to stop. */
  readonly graceMs: number;
  /** After which what still runs is cut. */
  readonly deadlineMs: number;
}

/** Where a process that serves can be reached. */
export interface Serving {
  readonly edge: RunningEdge;
  readonly telemetryPort: number;
  readonly adminPort: number;
}

/**
 * Serves until a signal says stop, and returns the exit code. `onServing` is called when every address is open.
 *
 * Rejects with a `CommandError` when a log or an address cannot be opened.
 */
export async function serve(options: ServeOptions, onServing: (serving: Serving) => void = () => {}): Promise<number> {
  const counts = allocateCounts(options.threads);
  const logs = new Logs(options.logs, counts.metrics);
  try {
    return await new ServingProcess(options, counts, logs).run(onServing);
  } finally {
    await logs.close();
  }
}

class ServingProcess {
  readonly #options: ServeOptions;
  readonly #counts: ProcessCounts;
  readonly #metrics: EdgeMetrics;
  readonly #logs: Logs;
  readonly #reporter: Reporter;
  readonly #reloader: Reloader;
  readonly #servers: RunningServer[] = [];
  #watch: CatalogWatch | null = null;
  /** The edge that listens; null before, and from the first moment of the end. */
  #serving: RunningEdge | null = null;

  constructor(options: ServeOptions, counts: ProcessCounts, logs: Logs) {
    this.#options = options;
    this.#counts = counts;
    this.#metrics = counts.metrics;
    this.#logs = logs;
    this.#reporter = reporterTo(logs, counts.metrics);
    this.#reloader = new Reloader(options.layers, logs.events, counts.metrics);
  }

  async run(onServing: (serving: Serving) => void): Promise<number> {
    const signals = new StopSignals();
    this.#listenToProcess();
    const { mode, threads } = this.#options;
    this.#logs.events.emit("started", { version, mode, threads, node: process.version, pid: process.pid });
    try {
      const plan = await this.#load();
      if (plan === undefined) return exitCodes.failed;
      const started = await this.#start(plan, onServing);
      const clean = await this.#stop(started, signals);
      return clean ? exitCodes.ok : exitCodes.failed;
    } finally {
      await Promise.all(this.#servers.map((server) => server.close()));
      this.#logs.events.emit("stopped");
    }
  }

  /** A fault that nobody caught is told and counted; it never ends the process. */
  #listenToProcess(): void {
    process.on("SIGHUP", () => {
      this.#logs.reopen();
      this.#reloader.request();
    });
    process.on("uncaughtException", (cause) => this.#reporter.fault("-", cause));
    process.on("unhandledRejection", (cause) => this.#reporter.fault("-", cause));
    observeProcess(this.#metrics);
  }

  /** The first plan. Without one its problems are printed as `check` prints them. */
  async #load(): Promise<Plan | undefined> {
    const { layers, watch } = this.#options;
    if (watch) this.#watch = watchCatalog(layers, () => this.#reloader.request());
    const { plan, problems } = await compileOffThread(layers);
    if (plan === undefined) process.stderr.write(printProblems(problems));
    else tellProblems(problems, this.#logs.events);
    return plan;
  }

  async #start(plan: Plan, onServing: (serving: Serving) => void): Promise<StartedEdge> {
    const { telemetry, admin } = plan.edge;
    const source = { ready: () => this.#serving?.serving ?? false, registry: this.#metrics.registry };
    const telemetryPort = await this.#open("telemetry", telemetry, startTelemetry(telemetry, source));
    const started = await this.#startEdge(plan);
    const { edge } = started;
    try {
      const adminPort = await this.#open("admin", admin, startAdmin(admin, adminSource(edge)));
      for (const { name, address, port } of edge.addresses) this.#listening(name, address, port);
      this.#reloader.begin(edge);
      this.#serving = edge;
      onServing({ edge, telemetryPort, adminPort });
      return started;
    } catch (cause) {
      edge.cut();
      await edge.close();
      throw cause;
    }
  }

  async #startEdge(plan: Plan): Promise<StartedEdge> {
    try {
      return await startEdge(plan, this.#options.mode, this.#counts, this.#logs);
    } catch (cause) {
      throw edgeListenError(cause, plan.edge);
    }
  }

  async #open(name: "telemetry" | "admin", at: Address, starting: Promise<RunningServer>): Promise<number> {
    try {
      const server = await starting;
      this.#servers.push(server);
      this.#listening(name, at.address, server.port);
      return server.port;
    } catch (cause) {
      throw listenError(cause, name, `spec.${name}.port`, at);
    }
  }

  #listening(name: string, address: string, port: number): void {
    this.#logs.events.emit("listening", { name, address, port });
  }

  /** Waits for the signal to stop, or for the edge to be lost, and ends it. True when nothing was cut. */
  async #stop({ edge, lost }: StartedEdge, signals: StopSignals): Promise<boolean> {
    const why = await Promise.race([signals.first.then((signal) => ({ signal })), lost.then((reason) => ({ reason }))]);
    this.#serving = null;
    this.#watch?.close();
    const clean = "signal" in why ? await this.#drain(edge, why.signal, signals) : false;
    if (!clean) edge.cut();
    await edge.close();
    this.#logs.events.emit("drain_finished", { clean });
    return clean;
  }

  /** What is in flight ends. True when nothing is left to be cut. */
  async #drain(edge: RunningEdge, signal: NodeJS.Signals, signals: StopSignals): Promise<boolean> {
    const { graceMs, deadlineMs } = this.#options;
    this.#logs.events.emit("drain_started", { signal, grace_ms: graceMs, deadline_ms: deadlineMs });
    const drained = Promise.all([edge.drain({ graceMs, deadlineMs }), this.#reloader.end()]);
    return Promise.race([drained.then(([whole]) => whole), signals.second.then(() => false)]);
  }
}
