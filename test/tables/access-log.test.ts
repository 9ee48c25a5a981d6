import t from "tap";
import { answerCodes, answerTable } from "../../src/core/answers.ts";
import { accessLine } from "../../src/metrics/access-line.ts";
import { escaped, millisText, timeText } from "../../src/metrics/json-text.ts";
import { logFields, logTextCharsMax } from "../../src/metrics/log-fields.ts";
import type { AccessRecord } from "../../src/metrics/record.ts";
import { accessRecord } from "../support/access-record.ts";

t.equal(
  accessLine(accessRecord()),
  '{"time":"2026-11-30T09:05:07.042Z","request_id":"6f1c3c1e-6f0d-4f2b-9f6e-1f2a3b4c5d6e","listener":"http",' +
    '"client":"203.0.113.9","method":"GET","host":"acme.example","path":"/web/image/res.partner/7/avatar_128",' +
    '"tenant":"acme","pool":"odoo-18","endpoint":"127.0.0.1:18069","rule":"static","status":200,"code":"","flag":"-",' +
    '"detail":"","bytes_in":0,"bytes_out":4711,"queue_ms":0,"connect_ms":0.205,"worker_ms":12.346,"total_ms":13,' +
    '"tunnel":false}\n',
  "an ordinary line",
);

const line = JSON.parse(accessLine(accessRecord({ tunnel: true })));
t.same(Object.keys(line), Object.keys(logFields), "a line has exactly the fields of the table, in their order");
for (const [name, { type }] of Object.entries(logFields)) t.equal(typeof line[name], type, `${name} is a ${type}`);

for (const code of answerCodes) {
  const { flag } = JSON.parse(accessLine(accessRecord({ code })));
  t.equal(flag, answerTable[code].flag, `${code} carries Envoy's flag`);
}

const textFields: readonly (readonly [keyof AccessRecord, string])[] = [
  ["requestId", "request_id"],
  ["listener", "listener"],
  ["clientAddress", "client"],
  ["method", "method"],
  ["host", "host"],
  ["path", "path"],
  ["tenant", "tenant"],
  ["pool", "pool"],
  ["endpoint", "endpoint"],
  ["rule", "rule"],
  ["detail", "detail"],
];
const hostile = '"},\r\n{"tenant":"other\\';
for (const [field, name] of textFields) {
  const written = accessLine(accessRecord({ [field]: hostile }));
  t.equal(JSON.parse(written)[name], hostile, `${name} cannot break out of its line`);
  t.equal(written.indexOf("\n"), written.length - 1, `${name} cannot begin a line`);
}

const texts: readonly (readonly [rule: string, text: string, json: string])[] = [
  ["plain text stays", "/web/assets/1-ab/web.css", "/web/assets/1-ab/web.css"],
  ["empty text stays", "", ""],
  ["a quote is escaped", 'a"b', 'a\\"b'],
  ["a backslash is escaped", "a\\b", "a\\\\b"],
  ["NUL is escaped", "\0", "\\u0000"],
  ["a newline is escaped", "\n", "\\n"],
  ["an escape sequence is escaped", "\x1b[2J", "\\u001b[2J"],
  ["DEL is escaped", "\x7f", "\\u007f"],
  ["a C1 control is escaped", "\x9b2J", "\\u009b2J"],
  ["latin-1 stays", "/caf\xe9", "/café"],
  ["a character outside the first plane stays", "/\u{1f4a9}", "/\u{1f4a9}"],
  ["a lone surrogate is escaped", "a\ud800", "a\\ud800"],
];
for (const [rule, text, json] of texts) t.equal(escaped(text, 100), json, rule);
const units = Array.from({ length: 0x10000 }, (_, unit) => `x${String.fromCharCode(unit)}y`);
t.same(
  units.filter((text) => JSON.parse(`"${escaped(text, 100)}"`) !== text),
  [],
  "every UTF-16 unit comes back",
);

const long = accessLine(accessRecord({ path: `/${"é".repeat(60_000)}` }));
t.equal(JSON.parse(long).path.length, logTextCharsMax + 1, "a long text is cut");
t.ok(JSON.parse(long).path.endsWith("é…"), "what is cut says so");
t.equal(escaped("ab\u{1f4a9}", 3), "ab\\ud83d…", "a pair that is cut leaves valid JSON");

const times: readonly (readonly [rule: string, ms: number, text: string])[] = [
  ["whole", 13, "13"],
  ["zero", 0, "0"],
  ["rounded up", 0.0005, "0.001"],
  ["rounded down", 0.0004, "0"],
  ["no trailing zero", 1.5, "1.5"],
  ["leading zeros", 7.007, "7.007"],
  ["carried over", 9.9999, "10"],
  ["hours", 3_600_000.25, "3600000.25"],
  ["negative is 0", -1, "0"],
  ["no number is 0", Number.NaN, "0"],
  ["infinite is 0", Number.POSITIVE_INFINITY, "0"],
];
for (const [rule, ms, text] of times) t.equal(millisText(ms), text, `times: ${rule}`);

for (const epochMs of [0, 999, 1000, 1_796_029_507_042, 1_796_029_507_142.9, 1_796_029_506_001]) {
  t.equal(timeText(epochMs), new Date(epochMs).toISOString(), `time ${epochMs}`);
}
