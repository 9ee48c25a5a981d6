/** Real redis-server processes on loopback, each in a folder of its own, ended by their own ids. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, portOpen } from "./nginx.ts";

/** Longest run of `redis-cli`. */
const CLI_MS = 20_000;

export class RedisServer {
  readonly port: number;
  readonly directory: string;
  readonly #args: readonly string[];
  readonly #bare: boolean;
  readonly #cli: readonly string[];
  #process: ChildProcess | null = null;

  constructor(port: number, directory: string, options: RedisOptions) {
    this.port = port;
    this.directory = directory;
    this.#args = options.args ?? [];
    this.#bare = options.bare ?? false;
    this.#cli = options.cli ?? [];
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    if (this.#bare) return await this.#spawn([...this.#args, "--port", `${this.port}`, "--dir", this.directory]);
    const listen = this.#args.includes("--tls-port") ? ["--port", "0"] : ["--port", `${this.port}`];
    const quiet = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", this.directory];
    await this.#spawn([...listen, ...quiet, ...this.#args]);
  }

  async #spawn(args: readonly string[]): Promise<void> {
    this.#process = spawn("redis-server", args, { stdio: ["ignore", "ignore", "inherit"] });
    await portOpen(this.port);
  }

  /** The same as `cli`, while this process goes on. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("redis-cli", this.#words(words), { timeout: CLI_MS });
    return stdout.trim();
  }

  #words(words: readonly string[]): string[] {
    return ["-h", "127.0.0.1", "-p", `${this.port}`, "--no-auth-warning", ...this.#cli, ...words];
  }

  /** Runs one command and gives its output; throws for a command that fails. */
  cli(...words: string[]): string {
    const args = this.#words(words);
    const { status, stdout, stderr } = spawnSync("redis-cli", args, { encoding: "utf8", timeout: CLI_MS });
    if (status !== 0) throw new Error(`redis-cli ${words.join(" ")}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process!.kill(name);
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

export interface RedisOptions {
  readonly args?: readonly string[];
  /** A Sentinel: none of a server's settings. */
  readonly bare?: true;
  /** Flags of `redis-cli`. */
  readonly cli?: readonly string[];
  readonly port?: number;
}

/** A server that is told its own port, as some settings need it. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "hostward-redis-"));
  const server = new RedisServer(options.port ?? (await freePort()), directory, options);
  try {
    await server.start();
    return server;
  } catch (cause) {
    await server.close();
    throw cause;
  }
}
