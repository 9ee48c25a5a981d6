import { type AnswerCode, answerCodes, answerTable } from "../core/answers.ts";
import { flatText } from "../core/flat-text.ts";
import { escaped, millisText, timeText } from "./json-text.ts";
import { logTextCharsMax } from "./log-fields.ts";
import type { AccessRecord } from "./record.ts";

/** `code` and `flag` as they stand in the line, for every answer. */
const codeTexts = new Map<AnswerCode | "", string>([
  ["", flatText(`"code":"","flag":"-"`)],
  ...answerCodes.map((code) => [code, flatText(`"code":"${code}","flag":"${answerTable[code].flag}"`)] as const),
]);

/** `tenant` and `pool` as they stand in the line; made once for each tenant. */
export function placeText(tenant: string, pool: string): string {
  return flatText(`"tenant":"${text(tenant)}","pool":"${text(pool)}"`);
}

/** Of a request that found no tenant. */
export const nowhere = placeText("", "");

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
${r.place},"endpoint":"${text(r.endpoint)}","rule":"${text(r.rule)}",\
"status":${r.status},${codeTexts.get(r.code)},${received(r)},"bytes_out":${r.bytesOut},${waits(r)},\
"worker_ms":${millisText(r.workerMs)},"total_ms":${millisText(r.totalMs)},"tunnel":${r.tunnel}}\n`;
}

/** `detail` and `bytes_in`, which most requests have nothing to say of. */
function received({ detail, bytesIn }: AccessRecord): string {
  return detail === "" && bytesIn === 0
    ? `"detail":"","bytes_in":0`
    : `"detail":"${text(detail)}","bytes_in":${bytesIn}`;
}

/** The waits before the worker was asked, which most requests have none of. */
function waits({ queueMs, connectMs }: AccessRecord): string {
  if (queueMs === 0 && connectMs === 0) return `"queue_ms":0,"connect_ms":0`;
  return `"queue_ms":${millisText(queueMs)},"connect_ms":${millisText(connectMs)}`;
}

function text(value: string): string {
  return escaped(value, logTextCharsMax);
}
