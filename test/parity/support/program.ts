/** Other programs, run for a test: their output goes to files, and how they ended is known. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { portOpen } from "../../support/nginx.ts";

/** A program that was started. */
export interface Program {
  readonly pid: number;
  /** All that it wrote to its standard output. */
  output(): string;
  /** The end of what it wrote to its standard error, long lines cut: Envoy puts the whole configuration into one. */
  words(): string;
  /** Waits until it ends by itself; its exit status, null when a signal ended it. */
  exited(): Promise<number | null>;
  /** Waits until a port of 127.0.0.1 accepts; throws with the program's words when it ends before, or after 30 s. */
  listening(port: number): Promise<void>;
  /** Asks it to end and waits for that; throws with its words when it had ended by itself or ends with a fault. */
  end(): Promise<void>;
}

/** util-linux has the kernel end the program when the test's process is gone, however that went: prctl(2), PDEATHSIG. */
const leaveNone = ["--pdeathsig", "KILL", "--"];

/** Starts a program; its output goes to files in `folder`, because some open /dev/stdout by name and a socket has none. */
export async function startProgram(
  path: string,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Program> {
  const name = basename(path);
  const files = [join(folder, `${name}.out`), join(folder, `${name}.err`)] as const;
  const [output, errors] = await Promise.all(files.map((file) => open(file, "a")));
  const child = spawn("setpriv", [...leaveNone, path, ...args], {
    stdio: ["ignore", output!.fd, errors!.fd],
    env: { ...process.env, ...env },
  });
  await once(child, "spawn");
  await Promise.all([output!.close(), errors!.close()]);
  const words = () =>
    readFileSync(files[1], "utf8")
      .replace(/^(.{1000}).*$/gm, "$1 ...")
      .slice(-4000);
  const fault = () =>
    new Error(`${name} ended by itself (${child.signalCode ?? `status ${child.exitCode}`}): ${words()}`);
  return {
    pid: child.pid!,
    output: () => readFileSync(files[0], "utf8"),
    words,
    async exited() {
      if (isAlive(child)) await once(child, "exit");
      return child.exitCode;
    },
    async listening(port) {
      for (let waitedMs = 0; waitedMs < 30_000 && isAlive(child); waitedMs += 100) {
        if ((await isOpen(port)) && isAlive(child)) return;
      }
      throw isAlive(child) ? new Error(`${name} did not listen on port ${port} within 30 s: ${words()}`) : fault();
    },
    async end() {
      if (!isAlive(child)) throw fault();
      child.kill("SIGTERM");
      await once(child, "exit");
      if (child.exitCode !== 0 && child.signalCode !== "SIGTERM") throw fault();
    },
  };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function isOpen(port: number): Promise<boolean> {
  return portOpen(port, 100).then(
    () => true,
    () => false,
  );
}
