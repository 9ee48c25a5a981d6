import t from "tap";
import { HeadBuffer } from "../../src/router/http1/head-buffer.ts";

const textOf = (head: ReturnType<HeadBuffer["takeHead"]>) => (typeof head === "string" ? head : head.text);

/** The first verdict that is not `incomplete`; of a head its text, and what is behind it once all pieces came. */
function feed(pieces: readonly string[], bytesMax: number): string {
  const input = new HeadBuffer();
  let verdict = "incomplete";
  for (const piece of pieces) {
    input.add(Buffer.from(piece, "latin1"));
    if (verdict !== "incomplete") continue;
    const head = input.takeHead(bytesMax);
    verdict = typeof head === "string" ? head : `${head.text}|`;
  }
  return verdict.endsWith("|") ? verdict + input.takeAll().toString("latin1") : verdict;
}

const rows: ReadonlyArray<readonly [rule: string, wire: string, want: string]> = [
  ["a head ends with its first empty line", "GET / HTTP/1.1\r\nA: b\r\n\r\nrest\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n\r\n|rest\r\n\r\n"],
  ["a head of 40 bytes is within the limit", `A${"x".repeat(35)}\r\n\r\n`, `A${"x".repeat(35)}\r\n\r\n|`],
  ["one of 41 is over it", `A${"x".repeat(36)}\r\n\r\n`, "too_large"],
  ["41 bytes without an end are over it", "x".repeat(41), "too_large"],
  ["a stray byte within the limit counts first", `${"x".repeat(39)}\0x`, "malformed"],
  ["a stray byte behind the limit does not", `${"x".repeat(40)}\0`, "too_large"],
  ["a CR at the limit is none", `${"x".repeat(39)}\r\n`, "too_large"],
  ["40 bytes without an end may go on", "x".repeat(40), "incomplete"],
  ["a lone line break may go on", "\r\n", "incomplete"],
  ["obs-text and tabs may go on", "A:\t\xff\x80", "incomplete"],
  ["a CR at the end may go on", "GET / HTTP/1.1\r", "incomplete"],
  ["a bare LF", "GET / HTTP/1.1\nA", "malformed"],
  ["a bare LF at once", "\n", "malformed"],
  ["a bare CR", "GET / HTTP/1.1\rA", "malformed"],
  ["CR CR", "GET\r\r", "malformed"],
  ["LF LF", "GET\r\n\n", "malformed"],
  ["NUL", "\0", "malformed"],
  ["DEL", "A: \x7f", "malformed"],
  ["TLS is no HTTP", "\x16\x03\x01", "malformed"],
]; // biome-ignore format: one row, one line
for (const [rule, wire, want] of rows) {
  t.equal(feed([wire], 40), want, rule);
  for (let cut = 1; cut < wire.length; cut++)
    t.equal(feed([wire.slice(0, cut), wire.slice(cut)], 40), want, `${rule}, cut at ${cut}`);
}

t.test("one piece, many heads", async (t) => {
  const input = new HeadBuffer();
  input.add(Buffer.from("A\r\n\r\nB\r\n\r\nC"));
  t.equal(textOf(input.takeHead(9)), "A\r\n\r\n", "the first");
  t.equal(textOf(input.takeHead(9)), "B\r\n\r\n", "the second");
  t.equal(input.takeHead(9), "incomplete", "the third waits");
  input.add(Buffer.from("\r\n\r"));
  t.equal(input.takeHead(9), "incomplete", "and waits");
  input.add(Buffer.from("\nrest"));
  t.equal(textOf(input.takeHead(9)), "C\r\n\r\n", "and comes in pieces");
  t.equal(input.length, 4, "what is behind stays");
  input.giveBack(input.takeAll().subarray(1));
  input.add(Buffer.from("!"));
  t.equal(input.takeAll().toString("latin1"), "est!", "what was taken too much can be given back");
  t.equal(input.length, 0, "then nothing is left");
});

t.test("a piece that is not ours is never written to", async (t) => {
  const pool = Buffer.from("A: b____");
  const input = new HeadBuffer();
  input.add(pool.subarray(0, 4));
  input.add(Buffer.from("cd\r\n\r\n"));
  t.equal(pool.toString("latin1"), "A: b____", "the piece's neighbours are as they were");
  t.equal(textOf(input.takeHead(40)), "A: bcd\r\n\r\n", "and the head is whole");
});

t.test("a head byte by byte costs its length", async (t) => {
  const input = new HeadBuffer();
  const head = Buffer.from(`GET / HTTP/1.1\r\nA: ${"x".repeat(60_000)}\r\n\r\n`);
  const { copy } = Buffer.prototype;
  let copied = 0;
  Buffer.prototype.copy = function (...args: Parameters<typeof copy>) {
    const count = copy.apply(this, args);
    copied += count;
    return count;
  };
  t.teardown(() => {
    Buffer.prototype.copy = copy;
  });
  for (let i = 0; i < head.length - 1; i++) {
    input.add(head.subarray(i, i + 1));
    input.takeHead(61_440);
  }
  t.ok(copied < 4 * head.length, "copies are a small multiple of it", { copied });
  input.add(head.subarray(head.length - 1));
  t.equal(textOf(input.takeHead(61_440)), head.toString("latin1"), "and it is whole");
});
