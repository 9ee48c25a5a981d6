/** Takes an exchange through the steps of its mode, and ends it whatever happens. The lists of steps are in `modes.ts`. */
import type { AnswerCode } from "../core/answers.ts";
import { answer } from "./answers.ts";
import type { Exchange } from "./exchange.ts";
import { finish } from "./steps/finish.ts";

/** `next`: passed on. `wait`: somebody calls `resume` or `settle` later. A code: the edge answers with it. */
export type Verdict = "next" | "wait" | AnswerCode;

export interface Step {
  readonly name: string;
  run(x: Exchange): Verdict;
  /** One line for `explain`: what this step decided about `x` and why. Called after `run`. */
  explain(x: Exchange): string;
}

/** Runs steps from where the exchange stands until one waits, answers, or the last is done. */
export function advance(x: Exchange): void {
  const { steps } = x.services;
  while (!x.finished) {
    const step = steps[x.step];
    if (step === undefined) return finish(x);
    const verdict = runGuarded(step, x);
    if (verdict === "wait") return;
    if (verdict !== "next") return settle(x, verdict);
    x.step++;
  }
}

/** The step that was waited for is done: goes on with the next one. */
export function resume(x: Exchange): void {
  x.step++;
  advance(x);
}

/** The step that was waited for came to `verdict`. */
export function conclude(x: Exchange, verdict: Verdict): void {
  if (verdict === "next") resume(x);
  else if (verdict !== "wait") settle(x, verdict);
}

/** Ends the exchange with an answer of the edge's own, at whatever step it is. */
export function settle(x: Exchange, code: AnswerCode): void {
  if (x.finished) return;
  x.code = code;
  try {
    answer(x, code);
  } catch (cause) {
    x.services.reporter.fault("answer", cause);
    x.connection?.destroy();
  }
  finish(x);
}

/**
 * Runs what a socket, a file or a timer calls back with. A fault of ours answers 500 and never leaves this function:
 * it must not take the edge down.
 */
export function guarded(x: Exchange, work: () => void): void {
  try {
    work();
  } catch (cause) {
    fault(x, cause);
  }
}

/** Reports a fault of ours and answers 500. For hot callbacks, which catch by themselves. */
export function fault(x: Exchange, cause: unknown): void {
  x.services.reporter.fault(x.services.steps[x.step]?.name ?? "finish", cause);
  settle(x, "internal");
}

function runGuarded(step: Step, x: Exchange): Verdict {
  try {
    return step.run(x);
  } catch (cause) {
    x.services.reporter.fault(step.name, cause);
    return "internal";
  }
}
