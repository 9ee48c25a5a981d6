/** What is read from a result in more than one place. */
import { count, time } from "./report/format.ts";
import {
  type ComparedFigure,
  type ErrorCounts,
  errorKinds,
  type Latency,
  type Leg,
  type TargetResult,
} from "./result.ts";

/** A leg, or all legs of a target taken together. */
export type Stretch = Omit<Leg, "pair" | "intervals">;

/** What two values of a figure are not told apart by: a percentile is whole µs, and a thousandth where that is more. */
function quantumUs(figure: ComparedFigure, us: number): number {
  return figure === "cpu" || figure === "mean" ? 0 : Math.max(1, us / 1000);
}

/** The most of it for any of these values, in µs and as part of the value, which is what its logarithm is not told by. */
export function quantaOf(
  figure: ComparedFigure,
  valuesUs: readonly number[],
): { readonly us: number; readonly log: number } {
  const quanta = valuesUs.map((us) => quantumUs(figure, us));
  return { us: Math.max(...quanta), log: Math.max(...quanta.map((quantum, i) => quantum / valuesUs[i]!)) };
}

/** Requests that did not end with a right answer. */
export function errorTotal(errors: ErrorCounts): number {
  return errorKinds.reduce((total, kind) => total + errors[kind], 0);
}

/** The share of the requests that were due and got no right answer: errors, and those that could not even be sent. */
export function unansweredShare({ requests, errors, generator }: Stretch): number {
  const due = requests + generator.unsent;
  return due === 0 ? 0 : (errorTotal(errors) + generator.unsent) / due;
}

/** Above this share without a right answer the latencies are those of another load than the one that was asked for. */
export const unansweredShareMax = 0.01;

/** Whether a leg had too few right answers to conclude anything: the others cannot make up for it. */
export function hasFailedLeg({ legs }: Pick<TargetResult, "legs">): boolean {
  return legs.some((leg) => leg.requests === 0 || unansweredShare(leg) > unansweredShareMax);
}

/** Latency at one of the percentiles that every result has; null where no request ended with a right answer. */
export function latencyAt({ count, percentiles }: Latency, percentile: number): number | null {
  const point = percentiles.find((candidate) => candidate.percentile === percentile);
  return count === 0 || point === undefined ? null : point.us;
}

/** A figure that runs are compared by, in µs; null where it was not measured. */
export function figureOf({ latency, cost }: Stretch, figure: ComparedFigure): number | null {
  if (figure === "cpu") return cost === null ? null : cost.cpuUsPerRequest;
  if (figure === "mean") return latency.count === 0 ? null : latency.meanUs;
  return latencyAt(latency, Number(figure.slice(1)));
}

/** A tick of the system's clock, in which a running thread's time may be behind: less in a leg is not told from nothing. */
export const cpuResolutionUs = 10_000;

/** Why the CPU of a target is none to hold it to, or null. */
export function cpuDoubt({ legs, total }: Pick<TargetResult, "legs" | "total">): string | null {
  const measured = legs.filter(({ cost }) => cost !== null).length;
  if (measured === 0 && total.cost === null)
    return "CPU was not measured: no process of the target was named, or it had ended";
  if (measured < legs.length) {
    return `CPU was measured in ${measured} of ${legs.length} legs only: in the others the process ended, or was another afterwards`;
  }
  const least = Math.min(...legs.map(({ cost, seconds }) => cost!.cores * seconds * 1e6));
  if (least >= cpuResolutionUs) return null;
  return `the process used ${time(least)} of CPU in a leg, which is not told from nothing: is it what answers, and the load enough?`;
}

/** `12 of 60,000 requests without a right answer (timeout 2, status 10; answers: 59,988 of 200, 10 of 429)`. */
export function unanswered({ requests, errors, generator, statuses }: Stretch): string {
  const kinds = errorKinds.filter((kind) => errors[kind] > 0).map((kind) => `${kind} ${count(errors[kind])}`);
  const all = generator.unsent === 0 ? kinds : [...kinds, `not sent ${count(generator.unsent)}`];
  const missing = errorTotal(errors) + generator.unsent;
  const answers = Object.entries(statuses).map(([status, answered]) => `${count(answered)} of ${status}`);
  const why = errors.status === 0 ? all.join(", ") : `${all.join(", ")}; answers: ${answers.join(", ")}`;
  return `${count(missing)} of ${count(requests + generator.unsent)} requests without a right answer (${why})`;
}
