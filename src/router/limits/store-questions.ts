import { type Charge, type Debt, spacingMs } from "../../policy/limits/debts.ts";
import type { StoreKeys } from "./store-keys.ts";

/** Buckets and what is taken from each, as the script reads them. */
export interface Question {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** Takes from each bucket what `chargeAt` says: `ask` from all or none, `tell` whatever is there. */
export function questionOf(
  verb: "ask" | "tell",
  debts: readonly Debt[],
  keys: StoreKeys,
  chargeAt: (i: number) => Charge,
): Question {
  const args: (string | number)[] = [verb];
  for (const [i, { limit }] of debts.entries()) {
    const spacing = spacingMs(limit) * 1000;
    const { count, ageMs } = chargeAt(i);
    args.push(spacing, spacing * limit.burst, count, Math.round(ageMs * 1000));
  }
  return { keys: debts.map((debt) => keys.of(debt)), args };
}

/** A question that changes no limit: whether the store takes writes, and how fast. */
export function trialOf(keys: StoreKeys): Question {
  return { keys: [keys.trial], args: ["tell", 1, 1, 1, 0] };
}

/** Rejects with `late` when `answer` takes longer; whatever comes then is dropped. */
export async function inTime<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => setImmediate(() => reject(new LateError())), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The store did not answer in time. */
export class LateError extends Error {
  override readonly name = "LateError";
  override readonly message = "late";
}
