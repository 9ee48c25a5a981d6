/** Where TCP cuts the bytes changes nothing: heads and chunked bodies in pieces are read as in one. */
import fc from "fast-check";
import t from "tap";
import { ChunkedDecoder } from "../../src/router/http1/chunked.ts";
import { headEnd } from "../../src/router/http1/grammar.ts";
import { HeadBuffer } from "../../src/router/http1/head-buffer.ts";
import { headPiece } from "../../src/router/http1/head-piece.ts";
import { parseRequestHead, type RequestHead } from "../../src/router/http1/read-head.ts";
import { parseResponseHead } from "../../src/router/http1/read-response-head.ts";
import { bodyTail, rawHead } from "./head-grammar.ts";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const check = (rule: string, property: fc.IRawProperty<unknown>, numRuns: number) => {
  const details = fc.check(property, { seed, numRuns }) as fc.RunDetails<unknown>;
  t.notOk(details.failed, `${rule}, seed ${seed}`, { counterexample: JSON.stringify(details.counterexample) });
};

/** Cuts `text` at the given places, taken modulo its length; cuts may fall together. */
function cutUp(text: string, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => Buffer.from(text.slice(from, cuts[i] ?? text.length), "latin1"));
}
const cuts = fc.array(fc.nat(2000), { maxLength: 12, size: "max" });

// ---- the end of a head

const soup = fc.array(fc.constantFrom(13, 10, 13, 10, 65, 9, 255), { maxLength: 60, size: "max" });
check(
  "the end of a head is where a plain search finds it, and never outside its range",
  fc.property(soup, fc.nat(60), fc.nat(60), (bytes, a, b) => {
    const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
    const at = Buffer.from(bytes.slice(from, to)).indexOf("\r\n\r\n");
    return headEnd(Uint8Array.from(bytes), from, to) === (at < 0 ? -1 : from + at + 4);
  }),
  20_000,
);

// ---- request heads

const limits = { headFieldsMax: 5 };
const bytesMax = 300;

/** The edge's reading of the first head in `pieces`, its refusal, or that it waits. */
function readPieces(pieces: readonly Buffer[]): RequestHead | string {
  const input = new HeadBuffer();
  let read: RequestHead | string = "incomplete";
  for (const piece of pieces) {
    input.add(piece);
    if (read !== "incomplete") continue;
    const head = input.takeHead(bytesMax);
    if (head === "malformed") read = "malformed_request";
    else read = typeof head === "string" ? head : parseRequestHead(head, limits);
  }
  return typeof read === "string" ? read : Object.assign(read, { rest: input.takeAll().toString("latin1") });
}

let accepted = 0;
check(
  "a request head in pieces is read, or refused, as in one",
  fc.property(rawHead, fc.constantFrom("", bodyTail, "\r\n\r\n"), cuts, (head, tail, places) => {
    const whole = readPieces([Buffer.from(head + tail, "latin1")]);
    if (typeof whole !== "string") accepted++;
    return JSON.stringify(readPieces(cutUp(head + tail, places))) === JSON.stringify(whole);
  }),
  5000,
);
t.ok(accepted > 1000, "enough heads were accepted to prove something", { accepted });

// ---- chunked bodies

const hex = (length: number, zeros: number, upper: boolean) => {
  const digits = `${"0".repeat(zeros)}${length.toString(16)}`;
  return upper ? digits.toUpperCase() : digits;
};
const chunk = fc.record({
  data: fc.string({
    unit: fc.constantFrom("\r", "\n", "0", "5", ";", "\xff", "a"),
    minLength: 1,
    maxLength: 40,
    size: "max",
  }),
  zeros: fc.nat(4),
  upper: fc.boolean(),
  extension: fc.constantFrom("", ";", ";a", ';a="b; c"', ";\t\xe9=1"),
});
const trailers = fc.subarray(["Host: b\r\n", "X-A:\r\n", "Content-Length: 5\r\n"]);
check(
  "what was sent in chunks is what is read, wherever it is cut",
  fc.property(
    fc.array(chunk, { maxLength: 8 }),
    trailers,
    cuts,
    fc.constantFrom("", "GET /"),
    (chunks, ends, places, rest) => {
      const parts = chunks.map(
        ({ data, zeros, upper, extension }) => `${hex(data.length, zeros, upper)}${extension}\r\n${data}\r\n`,
      );
      const wire = `${parts.join("")}0\r\n${ends.join("")}\r\n${rest}`;
      const decoder = new ChunkedDecoder({ lineBytesMax: 64, trailerBytesMax: 128 });
      let read = "";
      let behind = "";
      for (const piece of cutUp(wire, places)) {
        const end = decoder.read(piece, 0, piece.length, (from, to) => {
          read += piece.toString("latin1", from, to);
        });
        if (end < 0) return false;
        behind += piece.toString("latin1", end);
      }
      return decoder.done && behind === rest && read === chunks.map(({ data }) => data).join("");
    },
  ),
  3000,
);

// ---- response heads

const responseLine = fc.constantFrom(
  "HTTP/1.1 200 OK",
  "HTTP/1.0 304 ",
  "HTTP/1.1 204",
  "HTTP/1.1 101 X",
  "HTTP/1.1 20 OK",
  "HTTP/1.1 200 \x01",
);
const responseField = fc.constantFrom(
  "Date: a",
  "Date: b",
  "ETag: a",
  "ETag: b",
  "Set-Cookie: a; Domain=b",
  "X:\t y ",
  "Connection: close, x",
  "Content-Length: 5",
  "Transfer-Encoding: chunked",
  "A: b\nC: d",
  " x",
  "X : y",
);
const strictResponseLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;
check(
  "a response head is refused, or passes lines that the grammar allows, none of them framing",
  fc.property(responseLine, fc.array(responseField, { maxLength: 6 }), fc.boolean(), (line, fields, toHead) => {
    const head = parseResponseHead(headPiece(`${[line, ...fields].join("\r\n")}\r\n\r\n`), {
      limits: { headFieldsMax: 100 },
      toHead,
      secure: false,
    });
    if (head === null) return true;
    const lines = head.passed.split("\r\n");
    return (
      lines.pop() === "" &&
      lines.every(
        (one) => strictResponseLine.test(one) && !/^(content-length|transfer-encoding|connection):|domain/i.test(one),
      )
    );
  }),
  5000,
);
