import t from "tap";
import { BodyStore, type StoredBody } from "../../src/router/http1/body-store.ts";
import { headPiece } from "../../src/router/http1/head-piece.ts";
import { parseRequestHead, type RequestHead } from "../../src/router/http1/read-head.ts";
import { BodyReceiver } from "../../src/router/http1/receive-body.ts";

const limits = { headFieldsMax: 100, headBytesMax: 64, chunkLineBytesMax: 16 };
const settings = { memoryBytesMax: 2 ** 20, memoryBudgetBytes: 2 ** 20, diskBudgetBytes: 0, directory: "" };
const bytesMax = 10;
const lengthOf = (length: number) => `Content-Length: ${length}`;
const chunked = "Transfer-Encoding: chunked";

const text = (body: StoredBody) => Buffer.concat([...body.blocks()!]).toString("latin1");

/** The last verdict; of a whole body what it holds and, behind `!`, what came after it. */
function receive(framing: string, wire: string, step: number, store: BodyStore): string {
  const head = parseRequestHead(headPiece(`POST / HTTP/1.1\r\n${framing}\r\n\r\n`), limits) as RequestHead;
  const receiver = new BodyReceiver(head, store, limits, bytesMax);
  let rest = "";
  let verdict = "more";
  for (let from = 0; from < wire.length; from += step) {
    const piece = wire.slice(from, from + step);
    if (verdict === "more") verdict = receiver.take(Buffer.from(piece, "latin1"));
    else rest += piece;
  }
  const got = verdict === "done" ? `${text(receiver.body)}!${receiver.rest.toString("latin1")}${rest}` : verdict;
  receiver.body.release();
  return got;
}

const rows: ReadonlyArray<readonly [rule: string, framing: string, wire: string, want: string]> = [
  ["a length in full", lengthOf(5), "hello", "hello!"],
  ["what is behind a length is not the body's", lengthOf(5), "helloGET /", "hello!GET /"],
  ["a length that lacks a byte waits", lengthOf(6), "hello", "more"],
  ["chunks in full", chunked, "5\r\nhello\r\n0\r\n\r\n", "hello!"],
  ["what is behind chunks is not the body's", chunked, "5\r\nhello\r\n0\r\n\r\nGET /", "hello!GET /"],
  ["no chunk but the last", chunked, "0\r\n\r\nx", "!x"],
  ["chunks without their end wait", chunked, "5\r\nhello\r\n0\r\n", "more"],
  ["chunks of the limit", chunked, "a\r\n0123456789\r\n0\r\n\r\n", "0123456789!"],
  ["a chunk over the limit", chunked, "b\r\n0123456789a\r\n0\r\n\r\n", "body_too_large"],
  ["chunks over the limit together", chunked, "a\r\n0123456789\r\n1\r\na\r\n0\r\n\r\n", "body_too_large"],
  ["broken chunks", chunked, "5 \r\nhello\r\n", "malformed_body"],
  ["a chunk line over its limit", chunked, `1;${"x".repeat(15)}\r\na\r\n`, "malformed_body"],
  ["trailers are dropped", chunked, "0\r\nHost: b\r\n\r\nx", "!x"],
  ["trailers over the head's limit", chunked, `0\r\nA: ${"x".repeat(64)}\r\n\r\n`, "malformed_body"],
];
for (const [rule, framing, wire, want] of rows) {
  const store = new BodyStore(settings);
  const got = [wire.length, 1, 2, 3].map((step) => receive(framing, wire, step, store));
  t.strictSame(got, [want, want, want, want], `${rule}, whole and in pieces`);
  t.equal(store.memory.bytes, 0, `${rule}: nothing is kept`);
}

const full: ReadonlyArray<readonly [rule: string, framing: string, wire: string]> = [
  ["a whole body", lengthOf(5), "hello"],
  ["a part of one", lengthOf(6), "hello"],
  ["chunks", chunked, "5\r\nhello\r\n"],
];
for (const [rule, framing, wire] of full) {
  const store = new BodyStore({ ...settings, memoryBudgetBytes: 0 });
  t.equal(receive(framing, wire, wire.length, store), "body_storage", `no memory left: ${rule}`);
  t.equal(store.memory.bytes, 0, `no memory left: ${rule}: nothing is kept`);
}

/** What a watcher saw of a body that it prefers whole: by and by, and at the end. */
function shown(framing: string, wire: string, step: number, memoryBytesMax: number): { by: string; whole: string } {
  const store = new BodyStore({ ...settings, memoryBytesMax, diskBudgetBytes: 2 ** 20 });
  const head = parseRequestHead(headPiece(`POST / HTTP/1.1\r\n${framing}\r\n\r\n`), limits) as RequestHead;
  const seen = { by: "", whole: "" };
  const receiver = new BodyReceiver(head, store, limits, bytesMax, {
    prefersWhole: (firstByte) => firstByte === "h".charCodeAt(0),
    feed: (bytes, from, to) => {
      seen.by += Buffer.from(bytes.subarray(from, to)).toString("latin1");
    },
    feedWhole: (body) => {
      seen.whole += text(body);
    },
  });
  for (let from = 0; from < wire.length; from += step)
    receiver.take(Buffer.from(wire.slice(from, from + step), "latin1"));
  receiver.body.release();
  return seen;
}
const watched: ReadonlyArray<readonly [rule: string, framing: string, wire: string, memory: number, by: string, whole: string]> = [
  ["a length is shown at its end", lengthOf(5), "hello", 10, "", "hello"],
  ["chunks are shown at their end", chunked, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 10, "", "hello"],
  ["another first byte is shown as it comes", lengthOf(5), "jello", 10, "jello", ""],
  ["what leaves memory is shown as it comes", lengthOf(5), "hello", 4, "hello", ""],
  ["so are chunks", chunked, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 4, "hello", ""],
  ["what just stays in memory is not", lengthOf(5), "hello", 5, "", "hello"],
]; // biome-ignore format: one row, one line
for (const [rule, framing, wire, memory, by, whole] of watched) {
  for (const step of [wire.length, 1, 2, 3])
    t.strictSame(shown(framing, wire, step, memory), { by, whole }, `${rule}, ${step} bytes at a time`);
}

const large = "x".repeat(600_000);
const pauses: ReadonlyArray<readonly [rule: string, framing: string, wire: string, last: string]> = [
  ["a length", lengthOf(600_001), large, "x"],
  ["chunks", chunked, `${(600_000).toString(16)}\r\n${large}\r\n1\r\nx`, "\r\n0\r\n\r\n"],
  ["chunks that end small", chunked, `${(600_000).toString(16)}\r\n${large}\r\n1\r\nx\r\n`, "0\r\n\r\n"],
];
for (const [rule, framing, wire, last] of pauses) {
  const store = new BodyStore({ ...settings, memoryBytesMax: 0, memoryBudgetBytes: 2 ** 22, diskBudgetBytes: 2 ** 22 });
  const head = parseRequestHead(headPiece(`POST / HTTP/1.1\r\n${framing}\r\n\r\n`), limits) as RequestHead;
  const receiver = new BodyReceiver(head, store, limits, 2 ** 20);
  t.equal(receiver.take(Buffer.from(wire)), "pause", `${rule}: more than may wait for the disk pauses the client`);
  t.equal(receiver.take(Buffer.from(last)), "done", `${rule}: the end does not wait`);
  receiver.body.release();
  t.strictSame([store.memory.bytes, store.disk.bytes], [0, 0], `${rule}: nothing is kept`);
}
