import { type CaseResult, type Figure, type Gate, median } from "./bench-case.ts";
import { benchCatalog, targetOf } from "./bench-catalog.ts";
import type { LoadTarget } from "./load.ts";
import { startNginxSide } from "./nginx-side.ts";
import { type Sample, type Side, sample, startBenchWorker, startEdgeSide } from "./sides.ts";

/** Two sides that are measured in turns, and how much more the second may cost. */
export interface Comparison {
  readonly baseline: Side;
  readonly candidate: Side;
  readonly targetsOf: (side: Side) => readonly LoadTarget[];
  readonly rounds: number;
  readonly requestsPerRound: number;
  /** Most CPU per request of the candidate, as a multiple of the baseline's. */
  readonly max: number;
}

/**
 * Measures A B B A A B …, so that what else the machine does falls on both, and gates the median of the rounds' ratios.
 *
 * One unmeasured round of each side goes ahead.
 */
export async function compareSides(comparison: Comparison): Promise<CaseResult> {
  const { baseline, candidate, targetsOf, rounds, requestsPerRound, max } = comparison;
  const samples: Record<"baseline" | "candidate", Sample[]> = { baseline: [], candidate: [] };
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? (["baseline", "candidate"] as const) : (["candidate", "baseline"] as const);
    for (const which of order) {
      const side = comparison[which];
      const taken = await sample(side, targetsOf(side), requestsPerRound);
      if (round >= 0) samples[which].push(taken);
    }
  }
  const ratios = samples.candidate.map((b, i) => b.microsPerRequest / samples.baseline[i]!.microsPerRequest);
  const errors = [...samples.baseline, ...samples.candidate].reduce((sum, s) => sum + s.errors, 0);
  const gate: Gate = {
    name: `CPU per request, ${candidate.name} / ${baseline.name}`,
    value: median(ratios),
    unit: "x",
    errors,
    max,
  };
  return {
    figures: [...figuresOf(baseline, samples.baseline), ...figuresOf(candidate, samples.candidate)],
    gates: [gate],
  };
}

function figuresOf({ name }: Side, samples: readonly Sample[]): Figure[] {
  const errors = samples.reduce((sum, s) => sum + s.errors, 0);
  return [
    { name: `${name}: CPU per request`, value: median(samples.map((s) => s.microsPerRequest)), unit: "us", errors },
    { name: `${name}: throughput`, value: median(samples.map((s) => s.requestsPerSecond)), unit: "req/s", errors },
  ];
}

/** Compares the edge, all its steps on, with nginx before the same worker. */
export async function compareWithNginx(wanted: {
  readonly keepAlive: boolean;
  readonly rounds: number;
  readonly requestsPerRound: number;
  readonly max: number;
}): Promise<CaseResult> {
  await using stack = new AsyncDisposableStack();
  const worker = await startBenchWorker({ name: "worker", keepAlive: wanted.keepAlive });
  stack.defer(worker.close);
  const baseline = await startNginxSide(worker.port, wanted.keepAlive);
  stack.defer(baseline.close);
  const catalog = benchCatalog([{ name: "worker", workerPort: worker.port }], 1);
  const candidate = await startEdgeSide("hostward", catalog);
  stack.defer(candidate.close);
  return await compareSides({ ...wanted, baseline, candidate, targetsOf: () => [targetOf(0, ["worker"])] });
}
