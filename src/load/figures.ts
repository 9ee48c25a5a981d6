/** What is read from a result in more than one place. */
import { count } from "./report/format.ts";
import { type ComparedFigure, type ErrorCounts, errorKinds, type Latency, type Leg } from "./result.ts";

/** A leg, or all legs of a target taken together. */
export type Stretch = Omit<Leg, "pair" | "intervals">;

/** Requests that did not end with a right answer. */
export function errorTotal(errors: ErrorCounts): number {
  return errorKinds.reduce((total, kind) => total + errors[kind], 0);
}

/** The share of the requests that were due and got no right answer: errors, and those that could not even be sent. */
export function unansweredShare({ requests, errors, generator }: Stretch): number {
  const due = requests + generator.unsent;
  return due === 0 ? 0 : (errorTotal(errors) + generator.unsent) / due;
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

/** `12 of 60,000 requests without a right answer (timeout 2, status 10; answers: 59,988 of 200, 10 of 429)`. */
export function unanswered({ requests, errors, generator, statuses }: Stretch): string {
  const kinds = errorKinds.filter((kind) => errors[kind] > 0).map((kind) => `${kind} ${count(errors[kind])}`);
  const all = generator.unsent === 0 ? kinds : [...kinds, `not sent ${count(generator.unsent)}`];
  const missing = errorTotal(errors) + generator.unsent;
  const answers = Object.entries(statuses).map(([status, answered]) => `${count(answered)} of ${status}`);
  const why = errors.status === 0 ? all.join(", ") : `${all.join(", ")}; answers: ${answers.join(", ")}`;
  return `${count(missing)} of ${count(requests + generator.unsent)} requests without a right answer (${why})`;
}
