import t from "tap";
import { WorkerRequestReader } from "../../src/load/worker-request.ts";

const head = (fields: string): string => `POST /a HTTP/1.1\r\nHost: a.example\r\n${fields}\r\n\r\n`;
const chunked = (chunks: string): string => head("Transfer-Encoding: chunked") + chunks;
const rows: ReadonlyArray<readonly [rule: string, text: string, read: boolean, malformed: boolean]> = [
  ["a body of known length", `${head("Content-Length: 3")}abc`, true, false],
  ["half of it", `${head("Content-Length: 3")}a`, false, false],
  ["chunks", chunked("3\r\nabc\r\n0\r\n\r\n"), true, false],
  ["chunks with extensions", chunked("3 ;a=b\r\nabc\r\n0;c\r\n\r\n"), true, false],
  ["half of a chunk", chunked("3\r\na"), false, false],
  ["a size that is none", chunked("x\r\nabc\r\n0\r\n\r\n"), false, true],
  ["no size", chunked("\r\nabc\r\n0\r\n\r\n"), false, true],
  ["a size below zero", chunked("-9\r\nabc\r\n0\r\n\r\n"), false, true],
  ["a size that begins well", chunked("3x\r\nabc\r\n0\r\n\r\n"), false, true],
  ["a length that is none", `${head("Content-Length: x")}abc`, false, true],
  ["a length below zero", `${head("Content-Length: -1")}0\r\n\r\n`, false, true],
];
for (const [rule, text, read, malformed] of rows) {
  const reader = new WorkerRequestReader();
  t.equal(reader.push(Buffer.from(text, "latin1"))?.target ?? null, read ? "/a" : null, rule);
  t.equal(reader.isMalformed, malformed, `${rule}: malformed`);
  t.equal(reader.push(null), null, `${rule}: nothing more`);
}
