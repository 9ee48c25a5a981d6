/**
 * Runs the benches: `npm run bench`, or `npm run bench -- --case NAME` for some of them.
 *
 * Prints every figure with its errors, writes all to bench/results/, and exits with 1 when a gate is not passed. Linux
 * only: CPU and memory are read from /proc. Compare ratios, not figures of different machines.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { emit } from "./cases/emit.ts";
import { envoyTenants } from "./cases/envoy-tenants.ts";
import { limitsHybrid } from "./cases/limits-hybrid.ts";
import { lookup } from "./cases/lookup.ts";
import { memory } from "./cases/memory.ts";
import { nginxClose } from "./cases/nginx-close.ts";
import { nginxKeepalive } from "./cases/nginx-keepalive.ts";
import { noisyNeighbour } from "./cases/noisy-neighbour.ts";
import { reload } from "./cases/reload.ts";
import { slowAttack } from "./cases/slow-attack.ts";
import { threads } from "./cases/threads.ts";
import { timeline } from "./cases/timeline.ts";
import { type BenchCase, type CaseResult, type Figure, holds } from "./support/bench-case.ts";

const cases: readonly BenchCase[] = [
  nginxKeepalive,
  nginxClose,
  lookup,
  limitsHybrid,
  reload,
  memory,
  timeline,
  slowAttack,
  noisyNeighbour,
  threads,
  emit,
  envoyTenants,
];

function chosenCases(): readonly BenchCase[] {
  const { values } = parseArgs({ options: { case: { type: "string", multiple: true } } });
  const names = values.case ?? cases.map(({ name }) => name);
  return names.map((name) => {
    const found = cases.find((item) => item.name === name);
    if (found === undefined) throw new Error(`no case \`${name}\`: there are ${cases.map((c) => c.name).join(", ")}`);
    return found;
  });
}

function machine(): Record<string, unknown> {
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  const cpu = { model: cpus()[0]?.model, count: availableParallelism() };
  return {
    commit,
    node: process.version,
    platform: platform(),
    release: release(),
    arch: arch(),
    cpu,
    memoryBytes: totalmem(),
  };
}

function line({ name, value, unit, errors }: Figure, verdict: string): string {
  return `  ${name.padEnd(52)}${value.toFixed(2).padStart(14)} ${unit.padEnd(6)}${`${errors} errors`.padStart(12)}  ${verdict}`;
}

function print({ figures, gates }: CaseResult): void {
  for (const figure of figures) console.log(line(figure, ""));
  for (const gate of gates) console.log(line(gate, `${holds(gate) ? "ok" : "FAILED"}, at most ${gate.max}`));
}

const startedAt = new Date().toISOString();
const results: Array<CaseResult & { readonly name: string }> = [];
const chosen = chosenCases();
for (const item of chosen) item.needs?.();
for (const { name, doc, run } of chosen) {
  console.log(`${name}: ${doc}`);
  const result = await run();
  print(result);
  results.push({ name, ...result });
}
const folder = new URL("results/", import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL(`${startedAt.replaceAll(":", "-")}.json`, folder);
writeFileSync(file, `${JSON.stringify({ startedAt, machine: machine(), results }, null, 2)}\n`);
console.log(file.pathname);
process.exitCode = results.every(({ gates }) => gates.every(holds)) ? 0 : 1;
