/** A whole run: every target in turn, pair by pair, and what that says. */
import { compareTargets } from "./compare.ts";
import type { Address } from "./load-connection.ts";
import { LoadError } from "./load-error.ts";
import { machine } from "./machine.ts";
import { type MeasuredLeg, measureLeg } from "./measure-leg.ts";
import { preflight } from "./preflight.ts";
import { UsageMeter } from "./process-usage.ts";
import { clipped } from "./report/safe-text.ts";
import { originOf, resolveTarget } from "./resolve-target.ts";
import type { BenchResult, LoadSettings, TargetResult } from "./result.ts";
import { checkSettings, type LoadTarget, type RunSettings } from "./settings.ts";
import { totalOf } from "./total.ts";
import { trafficDigest } from "./traffic-digest.ts";

/** Characters of what was asked for that a result keeps, so that it can be read back. */
const wordsMax = 10_000;

/** Told before each leg. */
export type Progress = (leg: { readonly target: string; readonly pair: number; readonly pairs: number }) => void;

interface Loaded {
  readonly target: LoadTarget;
  readonly address: Address;
  readonly measured: MeasuredLeg[];
}

/**
 * Loads the targets and measures them: A B, B A, A B …, so that whatever drifts while the run goes on falls on each alike.
 *
 * Throws a LoadError before anything is loaded: for settings that make no sense, a target elsewhere, one that does not
 * answer as expected, or a process that cannot be read. What goes wrong later is counted in the result.
 */
export async function runLoad(settings: RunSettings, progress: Progress = () => {}): Promise<BenchResult> {
  checkSettings(settings);
  const startedAt = new Date().toISOString();
  const loaded: Loaded[] = [];
  for (const target of settings.targets) {
    const address = await resolveTarget(target, settings.remote);
    if (target.pid !== null) checkProcess(target.name, target.pid);
    await preflight(settings, target.name, address);
    loaded.push({ target, address, measured: [] });
  }
  const { pairs } = settings;
  for (let pair = 0; pair < pairs; pair++) {
    for (const { target, address, measured } of pair % 2 === 0 ? loaded : loaded.toReversed()) {
      progress({ target: target.name, pair, pairs });
      measured.push(await measureLeg(settings, address, target.pid, pair));
    }
  }
  const targets = loaded.map((one) => targetResult(one, settings.timeoutMs));
  return {
    format: "hostward-bench/1",
    startedAt,
    command: clipped(settings.command, wordsMax),
    machine: machine(),
    settings: settingsOf(settings),
    targets,
    comparisons: compareTargets(targets),
    gates: [],
  };
}

function targetResult({ target, measured }: Loaded, timeoutMs: number): TargetResult {
  const legs = measured.map(({ leg }) => leg);
  return { name: target.name, url: originOf(target), legs, total: totalOf(measured, timeoutMs) };
}

function checkProcess(name: string, pid: number): void {
  if (new UsageMeter(pid).isReadable) return;
  const hint = "--pid NAME=PID takes a running process of this machine, on Linux";
  throw new LoadError("usage", `cannot read the process ${pid} of the target \`${name}\``, hint);
}

function settingsOf(settings: RunSettings): LoadSettings {
  const { loop, connections, warmupSeconds, seconds, pairs, timeoutMs, seed, traffic, threads, sockets } = settings;
  const isOpen = loop === "open";
  return {
    loop,
    arrivals: isOpen ? settings.arrivals : null,
    rate: isOpen ? settings.rate : null,
    connections,
    warmupSeconds,
    seconds,
    pairs,
    timeoutMs,
    seed,
    traffic: clipped(traffic.words, wordsMax),
    trafficDigest: trafficDigest(settings),
    threads,
    sockets,
  };
}
