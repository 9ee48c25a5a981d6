/** Runs a real Envoy on a static configuration. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parityTools } from "../../../scripts/install-parity.ts";
import { portOpen } from "../../support/nginx.ts";
import type { Bootstrap } from "./bootstrap.ts";

/** A running Envoy with one worker thread. */
export interface RunningEnvoy {
  readonly port: number;
  /** Of the admin interface; 0 when the bootstrap has none. */
  readonly adminPort: number;
  readonly pid: number;
  /** Processor time of all its threads since it started, in seconds. */
  cpuSeconds(): number;
  /** The access log so far, a JSON object a line; lines come up to 200 ms late. */
  accessLog(): string;
  /** Ends it; throws with the tail of its log when it had ended by itself. */
  close(): Promise<void>;
}

/** Logs of what is unfinished or deprecated in Envoy are hundreds of lines. */
const quiet = ["--log-level", "warning", "--component-log-level", "misc:error", "--disable-hot-restart"];

/** Has Envoy read a configuration without serving it; throws with what it says when it refuses. */
export async function validateEnvoy(bootstrap: Bootstrap): Promise<void> {
  const launched = await launch(bootstrap, ["--mode", "validate"]);
  const { child, folder } = launched;
  if (isAlive(child)) await once(child, "exit");
  const words = tailOf(launched);
  await rm(folder, { recursive: true });
  if (child.exitCode !== 0) throw new Error(`envoy refuses the configuration: ${words}`);
}

interface Launched {
  readonly child: ChildProcess;
  readonly folder: string;
}

/** Its output goes to files: Envoy opens its access log, /dev/stdout, by name, and a socket has none. */
async function launch(bootstrap: Bootstrap, options: readonly string[]): Promise<Launched> {
  const folder = await mkdtemp(join(tmpdir(), "hostward-envoy-"));
  await writeFile(join(folder, "envoy.json"), JSON.stringify(bootstrap));
  const logs = await Promise.all([open(join(folder, "access.log"), "a"), open(join(folder, "envoy.log"), "a")]);
  const args = ["-c", join(folder, "envoy.json"), ...options, ...quiet];
  const child = spawn(parityTools.envoy, args, { stdio: ["ignore", logs[0].fd, logs[1].fd] });
  await Promise.all(logs.map((log) => log.close()));
  return { child, folder };
}

function tailOf({ folder }: Launched): string {
  return readFileSync(join(folder, "envoy.log"), "utf8").slice(-4000);
}

/** Starts Envoy and waits until its listener accepts; throws with the tail of its log when it ends before. */
export async function startEnvoy(bootstrap: Bootstrap): Promise<RunningEnvoy> {
  const launched = await launch(bootstrap, ["--concurrency", "1", "--file-flush-interval-msec", "200"]);
  const { child, folder } = launched;
  const [listener] = bootstrap.staticResources.listeners;
  const port = listener!.address.socketAddress.portValue;
  const close = async () => {
    const fault = await end(child);
    const words = tailOf(launched);
    await rm(folder, { recursive: true });
    if (fault !== null) throw new Error(`envoy ended by itself (${fault}): ${words}`);
  };
  if (!(await isServing(child, port))) {
    await close();
    throw new Error(`envoy did not listen on port ${port} within 30 s`);
  }
  return {
    port,
    adminPort: bootstrap.admin?.address.socketAddress.portValue ?? 0,
    pid: child.pid!,
    cpuSeconds: () => cpuSeconds(child.pid!),
    accessLog: () => readFileSync(join(folder, "access.log"), "utf8"),
    close,
  };
}

async function isServing(child: ChildProcess, port: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 30_000 && isAlive(child); waitedMs += 100) {
    const open = await portOpen(port, 100).then(
      () => true,
      () => false,
    );
    if (open) return isAlive(child);
  }
  return false;
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Null when it ended because it was asked to, which Envoy does with status 0, else how it ended. */
async function end(child: ChildProcess): Promise<string | null> {
  const asked = isAlive(child) && child.kill("SIGTERM");
  if (asked) await once(child, "exit");
  return asked && child.exitCode === 0 ? null : (child.signalCode ?? `status ${child.exitCode}`);
}

/** Linux counts in hundredths of a second: proc(5), utime and stime of /proc/PID/stat. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
