import { once } from "node:events";
import { connect } from "node:net";
import t from "tap";
import { jsonRpcBody, requestBytes } from "../../bench/support/load-requests.ts";
import { startBenchWorker } from "../../bench/support/sides.ts";

const host = "t0.bench.example";
const worker = await startBenchWorker({ name: "worker", keepAlive: true });
t.teardown(worker.close);

/** Sends pieces one after the other, each when the one before was taken, and waits for so many answers. */
async function answersTo(pieces: readonly Buffer[], wanted: number): Promise<string> {
  const socket = connect({ port: worker.port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
  let text = "";
  while (text.split("HTTP/1.1 200").length <= wanted || text.length % answerBytes !== 0) {
    const [bytes] = await once(socket, "data");
    text += bytes.toString("latin1");
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
const cut = (bytes: Buffer, every: number) =>
  Array.from({ length: Math.ceil(bytes.length / every) }, (_, i) => bytes.subarray(i * every, (i + 1) * every));

const rows: ReadonlyArray<readonly [rule: string, pieces: readonly Buffer[], answers: number]> = [
  ["a request without a body", [get], 1],
  ["a body in one piece with its head", [post(2048), get], 2],
  ["a body that comes in pieces, then another request", [...cut(post(100_000), 9_000), ...cut(post(1024), 100)], 2],
  ["a piece with the end of one request and the start of the next", cut(Buffer.concat([post(3000), post(3000), get]), 2000), 3], // biome-ignore format: one line
  ["chunks, cut in their end", [...cut(chunked, chunked.length - 3), get], 2],
];
for (const [rule, pieces, answers] of rows) {
  const text = await answersTo(pieces, answers);
  t.equal(text.split(`worker ${host}\n`).length - 1, answers, rule);
}
t.equal(jsonRpcBody(2048).length, 2048, "a body is as long as was asked for");
t.doesNotThrow(() => JSON.parse(jsonRpcBody(8192).toString()), "and JSON");
t.throws(() => jsonRpcBody(10), /cannot make/, "too short for a call");
