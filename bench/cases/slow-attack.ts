import { setTimeout as sleep } from "node:timers/promises";
import type { ArrivalResult } from "../support/arrivals.ts";
import type { AttackKind, AttackSettings } from "../support/attack.ts";
import { type BenchCase, type Figure, type Gate, median } from "../support/bench-case.ts";
import { benchCatalog, hostOf, targetOf } from "../support/bench-catalog.ts";
import { cpuMicros, residentMiB, startHelper } from "../support/processes.ts";
import { type EdgeSide, runArrivals, startBenchWorker, startEdgeSide } from "../support/sides.ts";

const SOCKETS = 2_000;
const PER_SECOND = 200;
/** Longer than the edge waits for a head: each leg has a time in which all attackers are cut and come again. */
const SECONDS = 12;
/** Until the first bytes that the attack asked for are where they stay. */
const SETTLE_MS = 4_000;
/** Quiet and attacked legs alternate so that what drifts hits both. */
const legs = ["quiet", "attacked", "attacked", "quiet"] as const;
const kinds: readonly AttackKind[] = ["read", "idle", "head", "body"];
/** The attack's sockets are tenant 1's, the normal traffic is tenant 0's; both share a pool. */
const [NORMAL, ATTACKED] = [0, 1];

/** What normal traffic sees, and what it costs the edge to hold the attackers. */
interface Leg extends ArrivalResult {
  readonly cpuShare: number;
  readonly memoryMiB: number;
  /** Requests that held a worker at the end. */
  readonly held: number;
}

async function inFlight({ telemetryPort }: EdgeSide): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${telemetryPort}/metrics`)).text();
  return Number(/^hostward_requests_in_flight\{.*\} (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

async function leg(edge: EdgeSide, worker: string): Promise<Leg> {
  const before = cpuMicros(edge.pid);
  const startMs = performance.now();
  const result = await runArrivals({
    port: edge.port,
    target: targetOf(NORMAL, [worker]),
    perSecond: PER_SECOND,
    seconds: SECONDS,
    refusals: [],
    body: "",
    openMax: 1_000,
  });
  const cpuShare = (cpuMicros(edge.pid) - before) / ((performance.now() - startMs) * 1000);
  return { ...result, cpuShare, memoryMiB: residentMiB(edge.pid), held: await inFlight(edge) };
}

async function attacked(edge: EdgeSide, worker: string, kind: AttackKind): Promise<Leg> {
  const settings: AttackSettings = { kind, port: edge.port, host: hostOf(ATTACKED), sockets: SOCKETS };
  const attack = startHelper("attack.ts", settings, "background");
  await attack.line();
  await sleep(SETTLE_MS);
  try {
    return await leg(edge, worker);
  } finally {
    await attack.stop();
    await sleep(500); // the edge closes what the attack left
  }
}

/** Normal traffic beside sockets that are slow on purpose. */
export const slowAttack: BenchCase = {
  name: "slow-attack",
  doc: `p99 of ${PER_SECOND} req/s beside ${SOCKETS} sockets that are idle, send a byte a second, or read nothing`,
  async run() {
    await using stack = new AsyncDisposableStack();
    const worker = await startBenchWorker({ name: "worker", keepAlive: true });
    stack.defer(worker.close);
    const edge = await startEdgeSide("hostward", benchCatalog([{ name: "worker", workerPort: worker.port }], 2));
    stack.defer(edge.close);
    await leg(edge, "worker"); // warms up
    const figures: Figure[] = [];
    const gates: Gate[] = [];
    for (const kind of kinds) {
      const taken: Record<(typeof legs)[number], Leg[]> = { quiet: [], attacked: [] };
      for (const name of legs)
        taken[name].push(name === "quiet" ? await leg(edge, "worker") : await attacked(edge, "worker", kind));
      const errors = [...taken.quiet, ...taken.attacked].reduce((sum, one) => sum + one.errors + one.skipped, 0);
      const of = (name: "quiet" | "attacked", read: (one: Leg) => number) => median(taken[name].map(read));
      const figure = (text: string, value: number, unit: Figure["unit"]): Figure => ({
        name: `${kind}: ${text}`,
        value,
        unit,
        errors,
      });
      for (const name of ["quiet", "attacked"] as const) {
        figures.push(
          figure(
            `p50 ${name}`,
            of(name, ({ p50 }) => p50),
            "ms",
          ),
        );
        figures.push(
          figure(
            `p99 ${name}`,
            of(name, ({ p99 }) => p99),
            "ms",
          ),
        );
        figures.push(
          figure(
            `CPU of a core, ${name}`,
            of(name, ({ cpuShare }) => cpuShare),
            "x",
          ),
        );
        figures.push(
          figure(
            `memory, ${name}`,
            of(name, ({ memoryMiB }) => memoryMiB),
            "MiB",
          ),
        );
      }
      figures.push(
        figure(
          "workers held, attacked",
          of("attacked", ({ held }) => held),
          "count",
        ),
      );
      const ratio = of("attacked", ({ p99 }) => p99) / of("quiet", ({ p99 }) => p99);
      gates.push({ ...figure("p99 attacked against quiet", ratio, "x"), max: 2 });
    }
    return { figures, gates };
  },
};
