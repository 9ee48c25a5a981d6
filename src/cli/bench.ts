import { printProblems } from "../catalog/print-problems.ts";
import { LoadError } from "../load/load-error.ts";
import { odooTraffic } from "../load/odoo-mix.ts";
import type { BenchResult, TargetResult } from "../load/result.ts";
import { type Progress, runLoad } from "../load/run.ts";
import type { LoadTarget, RunSettings } from "../load/settings.ts";
import type { Traffic } from "../load/traffic.ts";
import { urlTraffic } from "../load/url-traffic.ts";
import { checkCatalog } from "../plan/check.ts";
import { CommandError, exitCodes } from "./command-error.ts";
import type { BenchFlags } from "./commands/bench.ts";

/** Runs the load and reports; returns the exit code. */
export async function bench(flags: BenchFlags, layers: readonly string[]): Promise<number> {
  const settings = settingsOf(flags, { ...trafficOf(flags, layers), clients: flags.clients });
  const result = await measure(settings, process.stderr.isTTY ? tell : () => {});
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : textOf(result));
  return exitCodeOf(result);
}

async function measure(settings: RunSettings, progress: Progress): Promise<BenchResult> {
  try {
    return await runLoad(settings, progress);
  } catch (cause) {
    if (!(cause instanceof LoadError)) throw cause;
    const exitCode = cause.fault === "usage" ? exitCodes.usage : exitCodes.failed;
    throw new CommandError(cause.message, cause.hint, { cause, exitCode });
  }
}

/** A target without a right answer was not measured. */
function exitCodeOf({ targets }: BenchResult): number {
  const dead = targets.find(({ total }) => total.latency.count === 0);
  if (dead === undefined) return exitCodes.ok;
  const hint = "the counts of errors say what went wrong";
  throw new CommandError(`the target \`${dead.name}\` gave no right answer: nothing was measured`, hint);
}

function settingsOf(flags: BenchFlags, traffic: Traffic): RunSettings {
  const { loop, arrivals, rate, connections, sockets, threads, warmup, seconds, pairs, timeout, seed } = flags;
  return {
    targets: targetsOf(flags),
    traffic,
    loop,
    arrivals,
    rate,
    connections,
    sockets,
    threads,
    warmupSeconds: warmup,
    seconds,
    pairs,
    timeoutMs: timeout,
    seed,
    expectWorker: flags.expectWorker,
    externalPort: flags.externalPort ?? null,
    remote: flags.allowRemote ? "allowed" : "refused",
    command: commandOf(flags),
  };
}

function targetsOf({ target, pid = new Map() }: BenchFlags): LoadTarget[] {
  const stranger = [...pid.keys()].find((name) => !target.some((one) => one.name === name));
  if (stranger !== undefined) {
    const names = target.map(({ name }) => name).join(", ");
    throw new CommandError(`--pid names \`${stranger}\`, which is no target`, `targets are ${names}`, {
      exitCode: exitCodes.usage,
    });
  }
  return target.map((one) => ({ ...one, pid: pid.get(one.name) ?? null }));
}

function trafficOf(flags: BenchFlags, layers: readonly string[]): Traffic {
  const { host, path, header = [], data = "", expect, zipf } = flags;
  const hosts = layers.length > 0 ? hostsOf(layers) : [host ?? new URL(flags.target[0]!.url).host];
  if (flags.traffic === "odoo-mix") return odooTraffic(hosts, zipf, expect ?? null);
  const method = flags.request ?? (data === "" ? "GET" : "POST");
  return urlTraffic({ method, target: path, fields: header, body: data, expect: expect ?? [200] }, hosts, zipf);
}

function hostsOf(layers: readonly string[]): string[] {
  const { plan, problems } = checkCatalog(layers);
  if (plan === undefined) {
    throw new CommandError(
      `the catalog has problems\n${printProblems(problems).trimEnd()}`,
      "`hostward check` lists them",
    );
  }
  const hosts = plan.tenants.filter(({ state }) => state === "Active").map(({ hostname }) => hostname);
  if (hosts.length === 0) throw new CommandError("the catalog has no active tenant", "name a host with --host");
  return hosts;
}

/** What was typed, without what may be secret: of fields there is the name, of a body nothing, of a path no query. */
function commandOf(flags: BenchFlags): string {
  const { target, pid = new Map(), header = [], catalog = [], loop } = flags;
  const pathless = flags.path.split("?", 1)[0];
  return [
    "hostward bench",
    ...target.map(({ name, url }) => `--target ${name}=${url}`),
    ...[...pid].map(([name, number]) => `--pid ${name}=${number}`),
    ...catalog.map((layer) => `-c ${layer}`),
    flags.traffic === "odoo-mix" ? "--traffic odoo-mix" : `--path ${pathless}`,
    ...(flags.request === undefined ? [] : [`-X ${flags.request}`]),
    ...header.map((line) => `-H '${line.slice(0, line.indexOf(":"))}: ...'`),
    ...(flags.data === undefined ? [] : ["-d ..."]),
    ...(flags.host === undefined ? [] : [`--host ${flags.host}`]),
    loop === "open" ? `--arrivals ${flags.arrivals} --rate ${flags.rate}` : "--loop closed",
    `--connections ${flags.connections} --threads ${flags.threads} --warmup ${flags.warmup} --seconds ${flags.seconds}`,
    `--pairs ${flags.pairs} --seed ${flags.seed}`,
  ].join(" ");
}

const tell: Progress = ({ target, pair, pairs }) => {
  process.stderr.write(`\r\x1b[Kmeasuring ${target}, ${pair + 1} of ${pairs}${pair + 1 === pairs ? "\n" : ""}`);
};

function textOf({ targets, comparisons }: BenchResult): string {
  return `${[...targets.map(lineOf), ...comparisons.map((one) => `${one.candidate} - ${one.baseline}: ${one.figure} ${one.differenceUs.toFixed(1)} µs`)].join("\n")}\n`;
}

function lineOf({ name, total }: TargetResult): string {
  const errors = Object.values(total.errors).reduce((sum, n) => sum + n, 0);
  const at = (wanted: number) => total.latency.percentiles.find(({ percentile }) => percentile === wanted)?.us ?? 0;
  return `${name}: ${total.requests} requests, ${errors} errors, p50 ${at(50)} µs, p99 ${at(99)} µs, max ${total.latency.maxUs} µs`;
}
