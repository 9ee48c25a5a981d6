import t from "tap";
import { ChunkedDecoder } from "../../src/router/http1/chunked.ts";

const limits = { lineBytesMax: 32, trailerBytesMax: 40 };

/** Data, then `!` where the body ended, and what follows it; `-1` where it was refused. */
function decode(wire: string, step: number): string {
  const decoder = new ChunkedDecoder(limits);
  const bytes = Buffer.from(wire, "latin1");
  let data = "";
  for (let from = 0; from < bytes.length; from += step) {
    const to = Math.min(bytes.length, from + step);
    const end = decoder.read(bytes, from, to, (a, b) => {
      data += bytes.toString("latin1", a, b);
    });
    if (end < 0) return "-1";
    if (decoder.done) return `${data}!${bytes.toString("latin1", end)}`;
  }
  return data;
}

const end = "0\r\n\r\n";
const line = (length: number) => `5;${"x".repeat(length - 2)}\r\nhello\r\n${end}`;
const rows: ReadonlyArray<readonly [rule: string, wire: string, want: string]> = [
  ["one chunk", `5\r\nhello\r\n${end}`, "hello!"],
  ["several chunks", `3\r\nhel\r\n2\r\nlo\r\n${end}`, "hello!"],
  ["no data", end, "!"],
  ["bytes behind the end are the next request's", `${end}GET /`, "!GET /"],
  ["sizes in any case with leading zeros", `00A\r\n0123456789\r\n0a\r\n0123456789\r\n${end}`, "01234567890123456789!"],
  ["several zeros end too", "000\r\n\r\n", "!"],
  ["data may look like framing", `7\r\n0\r\n\r\n\r\n\r\n${end}`, "0\r\n\r\n\r\n!"],
  ["an extension is dropped", `5;a="b c"\r\nhello\r\n0;x\r\n\r\n`, "hello!"],
  ["a size line of the limit", line(32), "hello!"],
  ["a size line over the limit", line(33), "-1"],
  ["trailers are dropped", "0\r\nHost: b\r\nX-A:\r\n\r\nrest", "!rest"],
  ["trailers of the limit", `0\r\nA: ${"x".repeat(34)}\r\n\r\n`, "!"],
  ["trailers over the limit", `0\r\nA: ${"x".repeat(35)}\r\n\r\n`, "-1"],
  ["trailers over the limit together", `0\r\n${"A: 345678\r\n".repeat(4)}\r\n`, "-1"],
  ["13 digits of size", "0000000000005\r\nhello\r\n", "hello"],
  ["14 digits of size", "00000000000005\r\nhello\r\n", "-1"],
  ["a size beyond a double", "fffffffffffffffff\r\n", "-1"],
  ["an empty size", "\r\n", "-1"],
  ["an extension without a size", ";a\r\n", "-1"],
  ["a sign", "+5\r\nhello\r\n", "-1"],
  ["a minus", "-5\r\nhello\r\n", "-1"],
  ["0x", "0x5\r\nhello\r\n", "-1"],
  ["an underscore in the size", "1_0\r\n", "-1"],
  ["a digit that is none", "5g\r\n", "-1"],
  ["a space before the size", " 5\r\nhello\r\n", "-1"],
  ["a space behind the size", "5 \r\nhello\r\n", "-1"],
  ["a tab before an extension", "5\t;a\r\nhello\r\n", "-1"],
  ["a bare LF behind the size", "5\nhello\r\n", "-1"],
  ["a bare CR behind the size", "5\rhello\r\n", "-1"],
  ["CR CR LF behind the size", "5\r\r\nhello\r\n", "-1"],
  ["LF in an extension", "5;a\nhello\r\n", "-1"],
  ["CR in an extension", "5;a\rb\r\nhello\r\n", "-1"],
  ["NUL in an extension", "5;\0\r\nhello\r\n", "-1"],
  ["DEL in an extension", "5;\x7f\r\nhello\r\n", "-1"],
  ["data longer than its chunk", "5\r\nhello!\r\n", "-1"],
  ["a bare LF behind the data", `5\r\nhello\n${end}`, "-1"],
  ["a bare CR behind the data", `5\r\nhello\r${end}`, "-1"],
  ["a byte for the CR behind the data", "5\r\nhello!\n0", "-1"],
  ["nothing behind the data", `5\r\nhello${end}`, "-1"],
  ["a bare LF for the end", "0\r\n\n", "-1"],
  ["a bare CR for the end", "0\r\n\rX", "-1"],
  ["a trailer without a name", "0\r\n: a\r\n\r\n", "-1"],
  ["a trailer with a space before its colon", "0\r\nA : a\r\n\r\n", "-1"],
  ["a trailer without a colon", "0\r\nA\r\n\r\n", "-1"],
  ["a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", "-1"],
  ["a bare LF in a trailer", "0\r\nA: b\nC: d\r\n\r\n", "-1"],
  ["a bare CR in a trailer", "0\r\nA: b\rC: d\r\n\r\n", "-1"],
  ["NUL in a trailer", "0\r\nA: \0\r\n\r\n", "-1"],
  ["a body that goes on", "5\r\nhel", "hel"],
];
for (const [rule, wire, want] of rows) {
  const got = [wire.length, 1, 2, 3].map((step) => decode(wire, step));
  t.strictSame(got, [want, want, want, want], `${rule}, whole and in pieces`);
}
