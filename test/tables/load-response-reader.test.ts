import t from "tap";
import { type ReadState, ResponseReader } from "../../src/load/response-reader.ts";

type Row = readonly [rule: string, method: string, response: string, want: ReadState, status: number, keeps: boolean];
const ok = "HTTP/1.1 200 OK\r\n";

// What is still "more" is followed by the end of the connection, after the `|`: complete or malformed.
const rows: readonly Row[] = [
  ["a length", "GET", `${ok}Content-Length: 5\r\n\r\nhello`, "complete", 200, true],
  ["a length of nothing", "GET", `${ok}Content-Length: 0\r\n\r\n`, "complete", 200, true],
  [
    "chunks",
    "GET",
    `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n\r\n`,
    "complete",
    200,
    true,
  ],
  ["chunks and trailers", "GET", `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n`, "complete", 200, true],
  ["HEAD has no body", "HEAD", `${ok}Content-Length: 5\r\n\r\n`, "complete", 200, true],
  ["204 has no body", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "complete", 204, true],
  ["304 has no body", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "complete", 304, true],
  [
    "an interim answer goes ahead",
    "POST",
    `HTTP/1.1 100 Continue\r\n\r\n${ok}Content-Length: 1\r\n\r\nx`,
    "complete",
    200,
    true,
  ],
  [
    "early hints",
    "GET",
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}Content-Length: 1\r\n\r\nx`,
    "complete",
    200,
    true,
  ],
  ["Connection: close", "GET", `${ok}Connection: Close\r\nContent-Length: 1\r\n\r\nx`, "complete", 200, false],
  ["HTTP/1.0 ends the connection", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "complete", 200, false],
  [
    "HTTP/1.0 that keeps it",
    "GET",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
    "complete",
    200,
    true,
  ],
  ["no reason", "GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "complete", 200, true],
  ["the same length twice", "GET", `${ok}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`, "complete", 200, true],
  ["two lengths", "GET", `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy`, "malformed", 200, false],
  [
    "a length and chunks",
    "GET",
    `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "malformed",
    200,
    false,
  ],
  ["another coding", "GET", `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`, "malformed", 200, false],
  ["chunks of HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed", 200, false],
  ["a length that is none", "GET", `${ok}Content-Length: +1\r\n\r\nx`, "malformed", 200, false],
  [
    "a chunk that is too long",
    "GET",
    `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n`,
    "malformed",
    200,
    true,
  ],
  ["a chunk size that is none", "GET", `${ok}Transfer-Encoding: chunked\r\n\r\nx\r\n`, "malformed", 200, true],
  ["bytes after the end", "GET", `${ok}Content-Length: 1\r\n\r\nxy`, "malformed", 200, true],
  ["bytes after chunks", "GET", `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nx`, "malformed", 200, true],
  ["a space before the colon", "GET", `${ok}Content-Length : 1\r\n\r\nx`, "malformed", 200, false],
  ["a folded line", "GET", `${ok}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`, "malformed", 200, false],
  ["a control character", "GET", `${ok}A: \x01\r\nContent-Length: 0\r\n\r\n`, "malformed", 200, false],
  ["a line feed alone", "GET", `${ok}A:\nContent-Length: 1\r\n\r\nx`, "malformed", 200, false],
  ["a trailer that is none", "GET", `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\nA b\r\n\r\n`, "malformed", 200, true],
  ["another protocol", "GET", "HTTP/2 200\r\n\r\n", "malformed", 0, false],
  ["eleven interim answers", "GET", "HTTP/1.1 102 Processing\r\n\r\n".repeat(11), "malformed", 102, true],
];

for (const [rule, method, response, want, status, keeps] of rows) {
  const bytes = Buffer.from(response, "latin1");
  // Cut at every place in turn, and into single bytes: a network does what it likes.
  const cuts = [...Array(bytes.length).keys()].map((at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  const outcomes = new Set([...cuts, [...bytes].map((byte) => Buffer.of(byte))].map((pieces) => read(method, pieces)));
  t.same([...outcomes], [`${want} ${status} ${want === "complete" && keeps}`], rule);
}

function read(method: string, pieces: readonly Buffer[]): string {
  const reader = new ResponseReader();
  reader.begin(method);
  let state: ReadState = "more";
  let early = false;
  for (const piece of pieces.filter(({ length }) => length > 0)) {
    // What comes in a later piece than the end is for the connection to judge.
    if (state === "complete") early = true;
    else if (state === "more") state = reader.push(piece);
  }
  return `${early ? "malformed" : state} ${reader.status} ${state === "complete" && !early && reader.keepsAlive}`;
}

t.test("a body that ends with the connection", async (t) => {
  const reader = new ResponseReader();
  reader.begin("GET");
  t.equal(reader.push(Buffer.from(`${ok}\r\nsome`)), "more");
  t.equal(reader.end(), "complete");
  t.equal(reader.keepsAlive, false);
});

t.test("the end of the connection in the middle is no end of the answer", async (t) => {
  for (const part of [
    "",
    "HTTP/1.1 200",
    `${ok}Content-Length: 9\r\n\r\nhalf`,
    `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`,
  ]) {
    const reader = new ResponseReader();
    reader.begin("GET");
    t.equal(part === "" ? "more" : reader.push(Buffer.from(part)), "more");
    t.equal(reader.end(), "malformed", JSON.stringify(part));
  }
});

t.test("what a worker of the harness says of itself", async (t) => {
  const reader = new ResponseReader();
  reader.begin("GET");
  t.equal(
    reader.push(Buffer.from(`${ok}x-bench-worker: w1\r\nX-Bench-Host: a.example\r\nContent-Length: 0\r\n\r\n`)),
    "complete",
  );
  t.same([reader.worker, reader.host], ["w1", "a.example"]);
});
