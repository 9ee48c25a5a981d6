import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type BenchCase, type Figure, median } from "../support/bench-case.ts";
import { type ChangedTenant, scaleCatalog, scaleTenant, scaleTier } from "../support/scale-catalog.ts";
import type { Usage } from "../support/usage.ts";

const TENANTS = 10_000;
const RUNS = 3;
/** The one that changes: it has no address list, and is of the first tier. */
const CHANGED = 4_242;

const program = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const usageModule = new URL("../support/usage.ts", import.meta.url).pathname;

/** What one process did. */
interface Emission extends Usage {
  readonly tree: string;
  readonly wallSeconds: number;
}

/** Emits a catalog into a new folder, in a process of its own; throws with its words when it fails. */
async function emitInto(folder: string, name: string, changed?: ChangedTenant): Promise<Emission> {
  const catalog = join(folder, `${name}.yaml`);
  const tree = join(folder, name);
  await writeFile(catalog, scaleCatalog(TENANTS, changed));
  const args = ["--import", usageModule, program, "emit", "-c", catalog, "-o", tree];
  const startMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  const [words, usage, [status]] = await Promise.all([
    text(child.stderr!),
    text(child.stdio[3] as NodeJS.ReadableStream),
    once(child, "exit"),
  ]);
  const wallSeconds = (performance.now() - startMs) / 1000;
  if (status !== 0) throw new Error(`emit ended with ${status}: ${words.slice(0, 2000)}`);
  return { ...(JSON.parse(usage) as Usage), tree, wallSeconds };
}

/** The files of a tree by their paths. */
function filesOf(tree: string): Map<string, Buffer> {
  const paths = readdirSync(tree, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(tree, path)).isFile());
  return new Map(files.map((path) => [path, readFileSync(join(tree, path))]));
}

/** Paths of files that two trees do not have alike, sorted. */
function differing(a: ReadonlyMap<string, Buffer>, b: ReadonlyMap<string, Buffer>): string[] {
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return paths.filter((path) => a.get(path)?.equals(b.get(path) ?? Buffer.alloc(0)) !== true);
}

/** What must change with tenant `CHANGED`: its own file and, in order, those of the tiers. */
function expected(files: ReadonlyMap<string, Buffer>, tiers: readonly string[]): string[] {
  const own = [...files.keys()].filter((path) => path.endsWith(`/${scaleTenant(CHANGED)}.yaml`));
  return [...own, ...tiers.map((tier) => `tiers/${tier}.yaml`)].sort();
}

/**
 * A tree for 10,000 tenants: how long it takes, how much memory, and what one tenant's change changes in it.
 *
 * ext4 looks long for inodes where many files were removed in the last minutes: seconds of system CPU that are not ours.
 * `TMPDIR=/dev/shm` measures without a disk.
 */
export const emit: BenchCase = {
  name: "emit",
  doc: "manifests for 10,000 tenants (an alias each, 4 pools, 3 tiers, 500 address lists) into a new folder",
  async run() {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "hostward-bench-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));

    const runs: Emission[] = [];
    for (let i = 0; i < RUNS; i++) runs.push(await emitInto(folder, `tree-${i}`));
    const [first, ...others] = runs.map(({ tree }) => filesOf(tree)) as [Map<string, Buffer>, ...Map<string, Buffer>[]];
    const access = await emitInto(folder, "access", { index: CHANGED, access: "{ deny: [ 192.0.2.66/32 ] }" });
    const moved = await emitInto(folder, "moved", { index: CHANGED, tier: "enterprise" });
    const afterAccess = differing(first, filesOf(access.tree));
    const afterMove = differing(first, filesOf(moved.tree));

    const figure = (name: string, value: number, unit: Figure["unit"], errors = 0) => ({ name, value, unit, errors });
    const middle = (pick: (run: Emission) => number): number => median(runs.map(pick));
    const bytes = [...first.values()].reduce((sum, file) => sum + file.length, 0);
    const wrong = (found: readonly string[], wanted: readonly string[]): number =>
      Number(found.join() !== wanted.join());
    return {
      figures: [
        figure("user CPU", middle((run) => run.userSeconds) * 1000, "ms"),
        figure("system CPU", middle((run) => run.systemSeconds) * 1000, "ms"),
        figure("files", first.size, "count"),
        figure("bytes in them", bytes / 2 ** 20, "MiB"),
      ],
      gates: [
        { ...figure("time from start to end", middle((run) => run.wallSeconds) * 1000, "ms"), max: 5000 },
        { ...figure("resident memory at its highest", Math.max(...runs.map((run) => run.peakMiB)), "MiB"), max: 1024 },
        {
          ...figure(
            "files that differ in a second run",
            others.flatMap((tree) => differing(first, tree)).length,
            "count",
          ),
          max: 0,
        },
        {
          ...figure(
            "changed files, a tenant's address list",
            afterAccess.length,
            "count",
            wrong(afterAccess, expected(first, [])),
          ),
          max: 1,
        },
        {
          ...figure(
            "changed files, a tenant's tier",
            afterMove.length,
            "count",
            wrong(afterMove, expected(first, [scaleTier(CHANGED), "enterprise"])),
          ),
          max: 3,
        },
      ],
    };
  },
};
