/** One measured number. Errors stand beside it, because a number without them means nothing. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "us" | "ms" | "s" | "req/s" | "KiB" | "MiB" | "MB/s" | "ns/B" | "x" | "%" | "count";
  /** Requests that failed or were answered by the wrong worker while this was measured. */
  readonly errors: number;
}

/** A figure that must not exceed a limit. */
export interface Gate extends Figure {
  readonly max: number;
}

/** What one case found. */
export interface CaseResult {
  readonly figures: readonly Figure[];
  readonly gates: readonly Gate[];
}

/** One named measurement, complete with whatever it starts and stops. */
export interface BenchCase {
  readonly name: string;
  readonly doc: string;
  /** Throws when something that it needs is not installed, before any case has run. */
  needs?(): void;
  run(): Promise<CaseResult>;
}

/** Whether a gate is passed: within its limit, and no request failed. */
export function holds(gate: Gate): boolean {
  return gate.value <= gate.max && gate.errors === 0;
}

/** The middle of an odd number of values, the mean of the middle two otherwise. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}
