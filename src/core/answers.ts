import { headAnswers } from "./head-answers.ts";
import { policyAnswers } from "./policy-answers.ts";
import { workerAnswers } from "./worker-answers.ts";

/**
 * Everything the edge can say by itself, as one closed table.
 *
 * The code is a contract: it stands in the answer's JSON-RPC error, the access log, the metrics and the audit
 * stream, and is never reused for another meaning. `flag` is the Envoy response flag that production logs for the
 * same event, so that one dashboard reads both edges (Envoy: access log, RESPONSE_FLAGS).
 */
export const answerTable = { ...headAnswers, ...policyAnswers, ...workerAnswers } as const;

export type AnswerCode = keyof typeof answerTable;

/** All codes in table order; an index into it labels metrics without a string. */
export const answerCodes = Object.keys(answerTable) as readonly AnswerCode[];
