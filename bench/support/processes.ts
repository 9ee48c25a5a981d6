/** Child processes on chosen cores, and what Linux knows about them. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";

const canPin = availableParallelism() > 1 && spawnSync("taskset", ["-V"]).status === 0;

/** Core of the proxy under test; everything else has the others. */
export const proxyCore = "0";
/** The scheduler's idle class (util-linux). */
const background = spawnSync("chrt", ["--version"]).status === 0 ? ["chrt", "--idle", "0"] : ["nice", "-n", "19"];
/** Cores of everything else. */
export const otherCores = `1-${availableParallelism() - 1}`;
/** All of them, for what may run anywhere. */
export const allCores = `0-${availableParallelism() - 1}`;

/** The command that runs `command` on some cores, or as it is where cores cannot be chosen. */
export function pinned(cores: string, command: readonly string[]): string[] {
  return canPin ? ["taskset", "-c", cores, ...command] : [...command];
}

/** Moves a running process with all its threads to the proxy's core. */
export function pinToProxyCore(pid: number): void {
  if (canPin) execFileSync("taskset", ["-a", "-c", "-p", proxyCore, `${pid}`], { stdio: "ignore" });
}

/** A helper process of the bench: what it prints, line by line, and its end. */
export interface Helper {
  readonly child: ChildProcess;
  /** The next line of its output; throws when it ends without one. */
  line(): Promise<string>;
  /** Gives it a line. */
  ask(line: string): void;
  stop(): Promise<void>;
}

/** Where a helper runs: away from the proxy's core, there but only while nobody else wants to, or on the proxy's core. */
export type Place = "normal" | "background" | "proxy";

/**
 * Starts a script of the bench; `settings` is its only argument, as JSON. One in the background gives way to all others at
 * once: what an attacker's own work costs must not delay the clients that are measured.
 */
export function startHelper(script: string, settings: unknown, place: Place = "normal"): Helper {
  const path = new URL(script, import.meta.url).pathname;
  const command = [process.execPath, path, JSON.stringify(settings)];
  const cores = place === "proxy" ? proxyCore : otherCores;
  const [program = "", ...args] = pinned(cores, place === "background" ? [...background, ...command] : command);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${script} ended without an answer`);
      return next.value;
    },
    ask: (line) => void child.stdin.write(`${line}\n`),
    stop: () => stopProcess(child),
  };
}

/** Ends a process and waits until it is gone; after ten seconds it is killed. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await once(child, "exit");
  clearTimeout(timer);
}

/** A process and its children. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return [pid, ...(children === "" ? [] : children.split(" ").flatMap((child) => family(Number(child))))];
}

const TICKS_PER_SECOND = 100;

/** CPU time, user and system, that a process and its living children have used, in microseconds. */
export function cpuMicros(pid: number): number {
  const ticks = family(pid).map((member) => {
    const stat = readFileSync(`/proc/${member}/stat`, "utf8");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return user + system;
  });
  return (ticks.reduce((a, b) => a + b, 0) / TICKS_PER_SECOND) * 1e6;
}

/**
 * CPU time that the living threads of a process and its children have used, in microseconds: as `cpuMicros`, but to the
 * nanosecond, where that counts in hundredths of a second. Take no difference over the end of a thread.
 */
export function threadMicros(pid: number): number {
  const threads = family(pid).flatMap((member) =>
    readdirSync(`/proc/${member}/task`).map((thread) => `/proc/${member}/task/${thread}/schedstat`),
  );
  const nanos = threads.map((file) => Number(readFileSync(file, "utf8").split(" ")[0]));
  return nanos.reduce((a, b) => a + b, 0) / 1000;
}

/** Resident memory of a process and its children in MiB. */
export function residentMiB(pid: number): number {
  const kib = family(pid).map((member) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${member}/status`, "utf8"))?.[1]),
  );
  return kib.reduce((a, b) => a + b, 0) / 1024;
}
