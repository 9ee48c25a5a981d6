import { type AnswerCode, answerCodes, answerTable } from "../core/answers.ts";
import { flatText } from "../core/flat-text.ts";
import { escaped, millisText, timeText } from "./json-text.ts";
import { ruleLabels } from "./labels.ts";
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
${r.place},"endpoint":"${text(r.endpoint)}",${outcome(r)},"bytes_out":${r.bytesOut},${waits(r)},\
"worker_ms":${millisText(r.workerMs)},"total_ms":${millisText(r.totalMs)},"tunnel":${r.tunnel}}\n`;
}

/** By rule and status: `rule` to `bytes_in` of requests without a body whose answer is the worker's. */
const relayed = new Map<string, string[]>(ruleLabels.map((rule) => [rule, []]));

/** `rule` to `bytes_in`, which are few texts for most requests. */
function outcome(r: AccessRecord): string {
  const texts = r.code === "" && r.detail === "" && r.bytesIn === 0 ? relayed.get(r.rule) : undefined;
  if (texts === undefined) return outcomeText(r);
  texts[r.status] ??= flatText(outcomeText(r));
  return texts[r.status]!;
}

function outcomeText(r: AccessRecord): string {
  return `"rule":"${text(r.rule)}","status":${r.status},${codeTexts.get(r.code)},"detail":"${text(r.detail)}","bytes_in":${r.bytesIn}`;
}

/** The waits before the worker was asked, which most requests have none of. */
function waits({ queueMs, connectMs }: AccessRecord): string {
  if (queueMs === 0 && connectMs === 0) return `"queue_ms":0,"connect_ms":0`;
  return `"queue_ms":${millisText(queueMs)},"connect_ms":${millisText(connectMs)}`;
}

function text(value: string): string {
  return escaped(value, logTextCharsMax);
}
