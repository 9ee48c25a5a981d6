/** A catalog of 100,000 tenants: how long it takes to load, what each keeps in memory, and whether a reload is felt. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "../../support/bench-case.ts";
import { benchCatalog, hostOf, targetOf } from "../../support/bench-catalog.ts";
import { residentMiB, startHelper } from "../../support/processes.ts";
import { type EdgeSide, runArrivals, startBenchWorker, startEdgeSide, untilServed } from "../../support/sides.ts";
import { peerWorkerName } from "../catalog.ts";
import type { Effort } from "../effort.ts";
import type { FiguresResult, Sections } from "../results.ts";
import type { GapResult, GapSettings } from "./gap-client.ts";
import type { HeapLeft } from "./heap-on-signal.ts";

const MANY = 100_000;
const RELOADS = 3;
/** Longer than any reload takes on a busy core. */
const RELOAD_LIMIT_MS = 90_000;
const BESIDE_PER_SECOND = 500;

/** Measures it all. */
export async function measureManyTenants(effort: Effort): Promise<Sections["tenants"]> {
  await using stack = new AsyncDisposableStack();
  const many = effort.quick ? MANY / 10 : MANY;
  const worker = await startBenchWorker({ name: peerWorkerName, keepAlive: true });
  stack.defer(worker.close);
  const catalog = (tenants: number) => benchCatalog([{ name: peerWorkerName, workerPort: worker.port }], tenants);
  effort.progress(`load ${many} tenants`);
  const few = await loaded(catalog(1));
  await few.edge.close();
  const all = await loaded(catalog(many));
  stack.defer(all.edge.close);
  const reload = await measureReload(all.edge, catalog, many, effort);
  return { results: [loadFigures(few, all, many), reload] };
}

/** An edge that has just read its catalog. */
interface Loaded {
  readonly edge: EdgeSide;
  readonly seconds: number;
  readonly heapBytes: number;
  readonly residentMiB: number;
}

async function loaded(catalog: string): Promise<Loaded> {
  const file = join(tmpdir(), `hostward-bench-heap-${process.pid}.json`);
  const module = new URL("heap-on-signal.ts", import.meta.url);
  module.searchParams.set("file", file);
  const startMs = performance.now();
  const nodeOptions = ["--import", module.href];
  const edge = await startEdgeSide("hostward", catalog, { externalPort: 80, trustedProxies: [], nodeOptions });
  const seconds = (performance.now() - startMs) / 1000;
  const { heapUsed, external } = await heapLeft(edge.pid, file);
  return { edge, seconds, heapBytes: heapUsed + external, residentMiB: residentMiB(edge.pid) };
}

async function heapLeft(pid: number, file: string): Promise<HeapLeft> {
  process.kill(pid, "SIGUSR2");
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 50) {
    if (existsSync(file)) {
      const left = JSON.parse(readFileSync(file, "utf8")) as HeapLeft;
      rmSync(file);
      return left;
    }
    await sleep(50);
  }
  throw new Error("the edge did not say what it has in memory within 30 s");
}

function loadFigures(few: Loaded, all: Loaded, many: number): FiguresResult {
  const figure = (name: string, value: number, unit: Figure["unit"]): Figure => ({ name, value, unit, errors: 0 });
  return {
    id: "many-tenants",
    title: `${many.toLocaleString("en")} tenants`,
    figures: [
      figure("from start to serving, 1 tenant", few.seconds, "s"),
      figure(`from start to serving, all`, all.seconds, "s"),
      figure("memory of a tenant, after collection", (all.heapBytes - few.heapBytes) / (many - 1) / 1024, "KiB"),
      figure("resident memory, 1 tenant", few.residentMiB, "MiB"),
      figure("resident memory, all", all.residentMiB, "MiB"),
    ],
  };
}

/** A busy connection, once while the catalog is loaded again and again, and once for as long without. */
async function measureReload(
  edge: EdgeSide,
  catalog: (tenants: number) => string,
  many: number,
  effort: Effort,
): Promise<FiguresResult> {
  let reloadSeconds = 0;
  const during = await gapsDuring(edge, async () => {
    for (let i = 1; i <= (effort.quick ? 1 : RELOADS); i++) {
      effort.progress(`reload ${i}`);
      const startMs = performance.now();
      await edge.rewrite(catalog(many + i));
      await untilServed(edge, hostOf(many + i - 1), RELOAD_LIMIT_MS);
      reloadSeconds = Math.max(reloadSeconds, (performance.now() - startMs) / 1000);
    }
  });
  effort.progress("control: as long without a reload");
  const control = await gapsDuring(edge, () => sleep(during.seconds * 1000));
  const seconds: Figure = { name: "longest reload, until it is seen", value: reloadSeconds, unit: "s", errors: 0 };
  return {
    id: "reload",
    title: `Reloads of ${many.toLocaleString("en")} tenants under load`,
    figures: [seconds, ...gapFigures("reloading", during), ...gapFigures("control", control)],
  };
}

interface Gaps extends GapResult {
  readonly seconds: number;
  /** Of the requests beside. */
  readonly failed: number;
}

/** One connection that asks without a pause, and 500 requests a second on others, while `work` is done. */
async function gapsDuring(edge: EdgeSide, work: () => Promise<unknown>): Promise<Gaps> {
  const settings: GapSettings = { port: edge.port, host: hostOf(0), secondsMax: 300 };
  const client = startHelper("../peers/tenants/gap-client.ts", settings);
  let failed = 0;
  let working = true;
  const beside = (async () => {
    while (working) {
      const target = targetOf(1, [peerWorkerName]);
      const load = { port: edge.port, target, perSecond: BESIDE_PER_SECOND, seconds: 2, refusals: [], body: "" };
      const { errors, skipped } = await runArrivals({ ...load, openMax: 1_000 });
      failed += errors + skipped;
    }
  })();
  const startMs = performance.now();
  try {
    await work();
  } finally {
    working = false;
  }
  const seconds = (performance.now() - startMs) / 1000;
  await beside;
  client.ask("enough");
  const result = JSON.parse(await client.line()) as GapResult;
  await client.stop();
  return { ...result, seconds, failed };
}

function gapFigures(when: string, { answers, errors, failed, longestMs, p999Ms, over10, over50 }: Gaps): Figure[] {
  const figure = (name: string, value: number, unit: Figure["unit"]): Figure => ({
    name: `${when}: ${name}`,
    value,
    unit,
    errors: errors + failed,
  });
  return [
    figure("longest gap between two answers", longestMs, "ms"),
    figure("99.9th percentile of the gaps", p999Ms, "ms"),
    figure("gaps over 10 ms", over10, "count"),
    figure("gaps over 50 ms", over50, "count"),
    figure("answers", answers, "count"),
  ];
}
