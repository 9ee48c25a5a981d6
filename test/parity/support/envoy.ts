/** Runs a real Envoy on a static configuration. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parityTools } from "../../../scripts/install-parity.ts";
import type { Bootstrap } from "./bootstrap.ts";
import { type Program, startProgram } from "./program.ts";

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

/** Without `misc`, hundreds of lines say what is unfinished or deprecated in Envoy; without hot restart, it shares nothing. */
const common = ["--log-level", "warning", "--component-log-level", "misc:error", "--disable-hot-restart"];

/** Has Envoy read a configuration without serving it; throws with what it says when it refuses. */
export async function validateEnvoy(bootstrap: Bootstrap): Promise<void> {
  const { program, folder } = await launch(bootstrap, ["--mode", "validate"]);
  const status = await program.exited();
  const words = program.words();
  await rm(folder, { recursive: true });
  if (status !== 0) throw new Error(`envoy refuses the configuration: ${words}`);
}

async function launch(bootstrap: Bootstrap, options: readonly string[]): Promise<{ program: Program; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "hostward-envoy-"));
  const file = join(folder, "envoy.json");
  await writeFile(file, JSON.stringify(bootstrap));
  return { program: await startProgram(parityTools.envoy, ["-c", file, ...options, ...common], folder), folder };
}

/** Starts Envoy and waits until its listener accepts; throws with the tail of its log when it ends before. */
export async function startEnvoy(bootstrap: Bootstrap): Promise<RunningEnvoy> {
  const { program, folder } = await launch(bootstrap, ["--concurrency", "1", "--file-flush-interval-msec", "200"]);
  const port = bootstrap.staticResources.listeners[0]!.address.socketAddress.portValue;
  const close = () => program.end().finally(() => rm(folder, { recursive: true }));
  try {
    await program.listening(port);
  } catch (cause) {
    await close().catch(() => undefined);
    throw cause;
  }
  return {
    port,
    adminPort: bootstrap.admin?.address.socketAddress.portValue ?? 0,
    pid: program.pid,
    cpuSeconds: () => cpuSeconds(program.pid),
    accessLog: () => program.output(),
    close,
  };
}

/** Linux counts in hundredths of a second: proc(5), utime and stime of /proc/PID/stat. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
