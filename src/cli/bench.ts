import { printProblems } from "../catalog/print-problems.ts";
import { LoadError } from "../load/load-error.ts";
import { odooTraffic } from "../load/odoo-mix.ts";
import type { BenchResult } from "../load/result.ts";
import { runLoad } from "../load/run.ts";
import type { LoadTarget, RunSettings } from "../load/settings.ts";
import type { Traffic } from "../load/traffic.ts";
import { urlTraffic } from "../load/url-traffic.ts";
import { checkCatalog } from "../plan/check.ts";
import { commandOf } from "./bench/command-line.ts";
import { showProgress } from "./bench/progress.ts";
import { checkReport, report } from "./bench/report.ts";
import type { ReportOptions } from "./bench/report-flags.ts";
import { CommandError, exitCodes } from "./command-error.ts";
import type { BenchFlags } from "./commands/bench.ts";

/** Runs the load and reports; returns the exit code. */
export async function bench(flags: BenchFlags, layers: readonly string[], options: ReportOptions): Promise<number> {
  const settings = settingsOf(flags, { ...trafficOf(flags, layers), clients: flags.clients });
  checkReport(
    options,
    settings.targets.map(({ name }) => name),
  );
  const result = await measure(settings);
  const exitCode = report(result, options);
  checkAnswers(result);
  return exitCode;
}

async function measure(settings: RunSettings): Promise<BenchResult> {
  const progress = showProgress(settings, process.stderr);
  try {
    return await runLoad(settings, progress.told);
  } catch (cause) {
    if (!(cause instanceof LoadError)) throw cause;
    const exitCode = cause.fault === "usage" ? exitCodes.usage : exitCodes.failed;
    throw new CommandError(cause.message, cause.hint, { cause, exitCode });
  } finally {
    progress.end();
  }
}

/** A target without a right answer was not measured. */
function checkAnswers({ targets }: BenchResult): void {
  const dead = targets.find(({ total }) => total.latency.count === 0);
  if (dead === undefined) return;
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
