import type { Clock } from "../../core/clock.ts";

/** Where this thread's clock has its zero, on the clock that all threads of the process share; milliseconds. */
export function clockOriginMs(): number {
  return Number(process.hrtime.bigint()) / 1e6 - performance.now();
}

/** The clock of the thread whose zero is at `originMs`: what threads compare has to be told by one clock. */
export function clockFrom(originMs: number): Clock {
  const offsetMs = clockOriginMs() - originMs;
  return { nowMs: () => performance.now() + offsetMs, epochMs: () => Date.now() };
}
