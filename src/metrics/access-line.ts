import { type AnswerCode, answerCodes, answerTable } from "../core/answers.ts";
import { escaped, millisText, timeText } from "./json-text.ts";
import { logTextCharsMax } from "./log-fields.ts";
import type { AccessRecord } from "./record.ts";

/** `code` and `flag` as they stand in the line, for every answer. */
const codeTexts = new Map<AnswerCode | "", string>([
  ["", `"code":"","flag":"-"`],
  ...answerCodes.map((code) => [code, `"code":"${code}","flag":"${answerTable[code].flag}"`] as const),
]);

/**
 * One line of the access log: a JSON object with the fields of `logFields` in their order, and a newline.
 *
 * Hot: once per request. Built by hand, for a fifth of a general logger's cost with the writing; every text is
 * escaped, whoever is said to have checked it. Bench: bench/micro/access-log.ts.
 */
export function accessLine(r: AccessRecord): string {
  // One template: each further `+` costs the line a piece more.
  return `{"time":"${timeText(r.startEpochMs)}","request_id":"${text(r.requestId)}","listener":"${text(r.listener)}",\
"client":"${text(r.clientAddress)}","method":"${text(r.method)}","host":"${text(r.host)}","path":"${text(r.path)}",\
"tenant":"${text(r.tenant)}","pool":"${text(r.pool)}","endpoint":"${text(r.endpoint)}","rule":"${text(r.rule)}",\
"status":${r.status},${codeTexts.get(r.code)},"detail":"${text(r.detail)}","bytes_in":${r.bytesIn},\
"bytes_out":${r.bytesOut},"queue_ms":${millisText(r.queueMs)},"connect_ms":${millisText(r.connectMs)},\
"worker_ms":${millisText(r.workerMs)},"total_ms":${millisText(r.totalMs)},"tunnel":${r.tunnel}}\n`;
}

function text(value: string): string {
  return escaped(value, logTextCharsMax);
}
