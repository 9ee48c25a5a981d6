/** Time as the edge reads it: handed in everywhere, so that tests can hold it. */
export interface Clock {
  /** Monotonic milliseconds with a fraction, for durations and deadlines; not affected by wall-clock jumps. */
  nowMs(): number;
  /** Milliseconds since 1970, for log lines only. */
  epochMs(): number;
}

export const systemClock: Clock = { nowMs: () => performance.now(), epochMs: () => Date.now() };
