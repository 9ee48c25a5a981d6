import { once } from "node:events";
import { connect } from "node:net";
import t from "tap";
import { jsonRpcBody, requestBytes } from "../../bench/support/load-requests.ts";
import { startBenchWorker } from "../../bench/support/sides.ts";

const host = "t0.bench.example";
const worker = await startBenchWorker({ name: "worker", keepAlive: true });
t.teardown(worker.close);

/** What is sent at once, and how many answers must have come before the next is sent. */
type Group = readonly [bytes: Buffer, answers: number];

/** All answers to the groups. The kernel cuts what is larger than its buffers. */
async function answersTo(groups: readonly Group[]): Promise<string> {
  const socket = connect({ port: worker.port, host: "127.0.0.1", noDelay: true });
  let text = "";
  let wanted = 0;
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
    if (text.length >= wanted * answerBytes) socket.emit("answered");
  });
  for (const [bytes, answers] of groups) {
    socket.write(bytes);
    wanted += answers;
    if (text.length < wanted * answerBytes) await once(socket, "answered");
  }
  socket.destroy();
  return text;
}

/** What a worker answers is always as long. */
const answerBytes = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n`.length + 1024;

const post = (bodyBytes: number) => requestBytes(host, { bodyBytes, fieldCount: 0 });
const get = requestBytes(host, { bodyBytes: 0, fieldCount: 0 });
const chunked = Buffer.from(
  `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
);
const half = (bytes: Buffer, at: number): readonly Group[] => [
  [bytes.subarray(0, at), 0],
  [bytes.subarray(at), 1],
];

const rows: ReadonlyArray<readonly [rule: string, groups: readonly Group[]]> = [
  ["a request without a body", [[get, 1]]],
  ["a body in one piece with its head", [[post(2048), 1], [get, 1]]], // biome-ignore format: one line
  ["a body of many reads, then another request", [[post(2 ** 20), 1], [get, 1]]], // biome-ignore format: one line
  ["three requests at once", [[Buffer.concat([post(3000), post(100_000), get]), 3]]],
  ["chunks, cut in their end", [...half(chunked, chunked.length - 3), [get, 1]]],
];
for (const [rule, groups] of rows) {
  t.test(rule, async (t) => {
    const answers = groups.reduce((sum, [, count]) => sum + count, 0);
    t.equal((await answersTo(groups)).split(`worker ${host}\n`).length - 1, answers);
  });
}
t.equal(jsonRpcBody(2048).length, 2048, "a body is as long as was asked for");
t.doesNotThrow(() => JSON.parse(jsonRpcBody(8192).toString()), "and JSON");
t.throws(() => jsonRpcBody(10), /cannot make/, "too short for a call");
