/** What a bench measures: proxies under test, each with what is needed to load it and to read its cost. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, portOpen } from "../../test/support/nginx.ts";
import { exchangeRaw } from "../../test/support/raw-client.ts";
import type { ArrivalResult, ArrivalSettings } from "./arrivals.ts";
import type { LoadResult, LoadSettings, LoadTarget } from "./load.ts";
import { cpuMicros, type Helper, pinned, proxyCore, startHelper, stopProcess } from "./processes.ts";
import type { WorkerSettings } from "./worker.ts";

/** A running proxy. */
export interface Side {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** A running worker and its port. */
export interface BenchWorker {
  readonly name: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts a worker away from the proxy's core. */
export async function startBenchWorker(settings: WorkerSettings): Promise<BenchWorker> {
  const helper: Helper = startHelper("worker.ts", settings);
  return { name: settings.name, port: Number(await helper.line()), close: () => helper.stop() };
}

/** A running edge whose catalog can be rewritten. */
export interface EdgeSide extends Side {
  readonly telemetryPort: number;
  /** Writes the catalog anew, in one step; the edge sees it by itself. */
  rewrite(catalog: string): Promise<void>;
}

const READY_MS = 120_000;
const edgeProgram = new URL("../../src/cli/main.ts", import.meta.url).pathname;
/** As in the first line of the program. */
const nodeFlags = ["--v8-pool-size=1"];

/** How the Edge of a bench is set up, where it matters. */
interface EdgeSettings {
  readonly externalPort: number;
  readonly trustedProxies: readonly string[];
  /** Further lines of the Edge's spec. */
  readonly more?: string;
  /** Cores of the edge; the proxy's where they are left out. */
  readonly cores?: string;
  /** Further options of Node. */
  readonly nodeOptions?: readonly string[];
  /** Further flags of `serve`. */
  readonly flags?: readonly string[];
}

/** Starts the edge as its operator would; `catalog` is what follows the Edge document. */
export async function startEdgeSide(
  name: string,
  catalog: string,
  { externalPort, trustedProxies, more = "", cores = proxyCore, nodeOptions = [], flags = [] }: EdgeSettings = {
    externalPort: 80,
    trustedProxies: [],
  },
): Promise<EdgeSide> {
  const directory = await mkdtemp(join(tmpdir(), "hostward-bench-"));
  const [port, telemetryPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const edge = `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: bench }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: ${port}, protocol: HTTP, externalPort: ${externalPort} } ]
  trustedProxies: ${JSON.stringify(trustedProxies)}
  telemetry: { address: 127.0.0.1, port: ${telemetryPort} }
  admin: { address: 127.0.0.1, port: ${adminPort} }
${more}`;
  const rewrite = async (text: string) => {
    await writeFile(join(directory, "catalog.new"), `${edge}---\n${text}`);
    await rename(join(directory, "catalog.new"), join(directory, "catalog.yaml"));
  };
  await rewrite(catalog);
  const serve = [
    edgeProgram,
    "serve",
    "-c",
    join(directory, "catalog.yaml"),
    "--access-log",
    join(directory, "access.log"),
    ...flags,
  ];
  const [program = "", ...args] = pinned(cores, [process.execPath, ...nodeFlags, ...nodeOptions, ...serve]);
  const events = join(directory, "events.log");
  const child = spawn(program, args, { stdio: ["ignore", "ignore", openSync(events, "w")] });
  const ended = once(child, "exit").then(() => {
    throw new Error(`${name}: the edge ended by itself\n${readFileSync(events, "utf8").slice(-2000)}`);
  });
  const close = async () => {
    ended.catch(() => undefined);
    await stopProcess(child);
    await rm(directory, { recursive: true, force: true });
  };
  await Promise.race([portOpen(port, READY_MS), ended]);
  return { name, port, pid: child.pid!, telemetryPort, rewrite, close };
}

const POLL_MS = 20;

/** Waits until the edge serves a host that it did not know before; throws when it does not come to. */
export async function untilServed(edge: Side, host: string, limitMs = 5000): Promise<void> {
  for (const startMs = performance.now(); performance.now() < startMs + limitMs; await sleep(POLL_MS)) {
    const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const { received } = await exchangeRaw(edge.port, [request]);
    if (received.toString("latin1").startsWith("HTTP/1.1 200")) return;
  }
  throw new Error(`a reload did not take effect within ${limitMs} ms`);
}

/** Runs one load to its end. */
export async function runLoad(settings: LoadSettings): Promise<LoadResult> {
  const helper = startHelper("load.ts", settings);
  const result = JSON.parse(await helper.line()) as LoadResult;
  await helper.stop();
  return result;
}

/** Runs open arrivals to their end. */
export async function runArrivals(settings: ArrivalSettings): Promise<ArrivalResult> {
  const helper = startHelper("arrivals.ts", settings);
  const result = JSON.parse(await helper.line()) as ArrivalResult;
  await helper.stop();
  return result;
}

/** Everything in a load that is not a right answer. */
export function errorsOf({ failed, refused, misrouted }: LoadResult): number {
  return failed + refused + misrouted;
}

/** What one round cost one side. */
export interface Sample {
  /** CPU of the proxy's processes, user and system. */
  readonly microsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly errors: number;
}

/** Loads a side once and reads its cost. */
export async function sample(side: Side, targets: readonly LoadTarget[], requests: number): Promise<Sample> {
  const before = cpuMicros(side.pid);
  const result = await runLoad({ port: side.port, targets, connections: 32, requests });
  return {
    microsPerRequest: (cpuMicros(side.pid) - before) / result.requests,
    requestsPerSecond: result.requests / result.seconds,
    errors: errorsOf(result),
  };
}
