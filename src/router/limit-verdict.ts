import type { AnswerCode } from "../core/answers.ts";
import type { Exchange } from "./exchange.ts";
import { UNAVAILABLE } from "./limits/limit-gate.ts";

/** What follows from a shared limit's answer: 0 is granted, else the wait, or that the store is not there. */
export function limitVerdict(x: Exchange, waitMs: number): "next" | AnswerCode {
  if (waitMs === UNAVAILABLE) return "limits_unavailable";
  x.retryAfterMs = waitMs;
  return waitMs === 0 ? "next" : "rate_limited";
}
