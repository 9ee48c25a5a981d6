import { z } from "zod";
import type { ProblemCode } from "./problem-codes.ts";

/** What a text means, or why it means nothing: `fault` completes the sentence "cannot use X: …". */
export type Scanned<T> =
  | { readonly value: T }
  | { readonly fault: string; readonly hint?: string; readonly code?: ProblemCode };

/** What a scanned field's problem carries from the schema to the report. */
export interface FaultParams {
  readonly problem: ProblemCode;
  readonly hint?: string;
}

/** A schema of texts that `scan` understands; its problems have `code` where the scan gives no other. */
export function scannedText<T>(code: ProblemCode, scan: (text: string) => Scanned<T>) {
  // The message of a value that is no text is the code, so that the report can give the hint that belongs to it.
  return z.string({ error: code }).transform((text, context): T => {
    const scanned = scan(text);
    if ("value" in scanned) return scanned.value;
    const params: FaultParams = {
      problem: scanned.code ?? code,
      ...(scanned.hint === undefined ? {} : { hint: scanned.hint }),
    };
    context.issues.push({ code: "custom", message: scanned.fault, input: text, params: { ...params } });
    return z.NEVER;
  });
}
