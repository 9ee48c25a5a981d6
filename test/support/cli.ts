/** The command line as a user runs it: a process of its own, from the sources. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sources = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
/** Where the processes share what they compiled: stripping the types of every file costs more than most tests. */
const compileCache = join(projectRoot, "node_modules", ".cache", "hostward-cli");
const EVENT_TIMEOUT_MS = 10_000;

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line to its end. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return new CliProcess(args, { env }).ended;
}

/** A command line that runs. */
export class CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  stdout = "";
  stderr = "";

  /** `preload` is the source of a module that runs first; `main` is run in place of the sources. */
  constructor(
    args: readonly string[],
    options: {
      readonly env?: Readonly<Record<string, string>>;
      readonly preload?: string;
      readonly main?: string;
    } = {},
  ) {
    const { env = {}, preload, main = sources } = options;
    const node = preload === undefined ? [] : ["--import", `data:text/javascript,${encodeURIComponent(preload)}`];
    // Nothing of the test runner's: colours, loaders and settings would not be there for a user.
    const { PATH = "", HOME = "" } = process.env;
    this.child = spawn(process.execPath, [...node, main, ...args], {
      cwd: projectRoot,
      env: { PATH, HOME, TMPDIR: tmpdir(), NODE_COMPILE_CACHE: compileCache, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout!.setEncoding("utf8").on("data", (text) => {
      this.stdout += text;
    });
    this.child.stderr!.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.once("close", (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Events so far with this name. */
  events(name: string): Record<string, unknown>[] {
    const lines = this.stderr.split("\n").slice(0, -1);
    return lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === name);
  }

  /** Waits for the event to have happened `times` times, and returns the last one. */
  async event(name: string, times = 1): Promise<Record<string, unknown>> {
    await this.until(() => this.events(name).length >= times, `event ${name}`);
    return this.events(name)[times - 1]!;
  }

  /** Where the listener of this name listens. */
  async port(name: string): Promise<number> {
    const isIts = (event: Record<string, unknown>): boolean => event.name === name;
    await this.until(() => this.events("listening").some(isIts), `listener ${name}`);
    return this.events("listening").find(isIts)!.port as number;
  }

  /** Waits until something holds; rejects when the process ended before, or after ten seconds. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const endMs = Date.now() + EVENT_TIMEOUT_MS;
    while (!holds()) {
      if (this.child.exitCode !== null || Date.now() > endMs) throw new Error(`no ${what}:\n${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

/** A folder that goes away with the test. */
export function temporaryFolder(t: { teardown(done: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "hostward-cli-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A small catalog: one pool at `workerPort`, and a tenant on `NAME.example` for each name. */
export function cliCatalog(options: {
  readonly workerPort?: number;
  readonly tenants?: readonly string[];
  readonly port?: number;
  readonly telemetryPort?: number;
  readonly adminPort?: number;
}): string {
  const { workerPort = 9, tenants = ["acme"], port = 0, telemetryPort = 0, adminPort = 0 } = options;
  const header = "apiVersion: hostward.dev/v1alpha1";
  return [
    `${header}
kind: Edge
metadata: { name: cli }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: ${port} } ]
  telemetry: { address: 127.0.0.1, port: ${telemetryPort} }
  admin: { address: 127.0.0.1, port: ${adminPort} }
`,
    `${header}
kind: WorkerPool
metadata: { name: odoo-18, namespace: odoo-v18 }
spec:
  odoo: "18.0"
  service: { name: worker-odoo, httpPort: 8069, realtimePort: 8072 }
  dbfilter: "^%h$"
  workers: 4
  endpoints: [ { address: 127.0.0.1, httpPort: ${workerPort} } ]
`,
    `${header}
kind: Tier
metadata: { name: pro }
spec: { isolation: Shared, rpc: bound }
`,
    ...tenants.map(
      (name) => `${header}
kind: Tenant
metadata: { name: ${name} }
spec: { hostname: ${name}.example, pool: odoo-18, tier: pro }
`,
    ),
  ].join("---\n");
}
