/**
 * Random request heads: mostly legal, some almost. Each part of the grammar is drawn from its legal forms and from the
 * ways in which servers are known to disagree about it.
 */
import fc from "fast-check";

/** Bytes put behind each generated head: what of them is the body says how a reader understood the framing. */
export const bodyTail = "5\r\nhello\r\n0\r\n\r\n";

/** Mostly `legal`, seldom (one in `odds`) one of `strange`. */
function mostly(legal: fc.Arbitrary<string>, odds: number, ...strange: string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: odds - 1, arbitrary: legal }, { weight: 1, arbitrary: fc.constantFrom(...strange) });
}

const text = (unit: fc.Arbitrary<string>, maxLength: number, minLength = 0) =>
  fc.string({ unit, maxLength, minLength, size: "max" });
const chars = (...parts: string[]) => fc.constantFrom(...parts.join(""));

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const method = mostly(
  fc.constantFrom(
    "GET",
    "GET",
    "POST",
    "POST",
    "PUT",
    "HEAD",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "PROPFIND",
    "M-SEARCH",
    "LOCK",
  ),
  12,
  "get",
  "TRACE",
  "CONNECT",
  "PRI",
  "G\u0001T",
  "",
  "BREW",
  "GE T",
  "GET,",
);

const pathByte = chars(alphanumeric, "-._~!$&'()*+,;=:@/%|{}^`<>\"[]");
const queryByte = chars(alphanumeric, "-._~!$&'()*+,;=:@/?%|{}[]\"\\^`<>");
const originForm = fc
  .tuple(text(pathByte, 20), fc.option(text(queryByte, 20), { nil: undefined }))
  .map(([path, query]) => `/${path}${query === undefined ? "" : `?${query}`}`);
const target = mostly(
  fc.oneof(
    { weight: 9, arbitrary: originForm },
    { weight: 1, arbitrary: originForm.map((o) => `http://a.example${o}`) },
  ),
  12,
  "*",
  "",
  "a.example:443",
  "/a b",
  "/a#b",
  "/a\\b",
  "/\u00e9",
  "/a\u007fb",
  "/a\u0000b",
  "/\t",
  "web",
  "http:/web",
  "//a.example/x",
);

const version = mostly(
  fc.constant("HTTP/1.1"),
  25,
  "HTTP/1.0",
  "HTTP/1.2",
  "HTTP/2.0",
  "HTTP/1.10",
  "http/1.1",
  "HTTP/1,1",
  "HTTP/11",
  "",
);

const valueByte = chars(alphanumeric, " \t\"'(),/:;<=>?@[]{}\\\u00e9\u00ff%&*+-._|~");
const value = mostly(
  text(valueByte, 24),
  20,
  "a\u0000b",
  "a\rb",
  "a\nb",
  "a\u007fb",
  "a\r\n b",
  "\u000bx",
  "",
  ",",
  '"',
);
const name = mostly(
  fc.constantFrom(
    "Accept",
    "User-Agent",
    "Cookie",
    "X-Thing",
    "Referer",
    "x!#$%&'*+.^`|~",
    "__proto__x".replaceAll("_", "-"),
  ),
  20,
  "X_Thing",
  "X Thing",
  "",
  "X\tThing",
  "X@Thing",
  "\u00e9",
  " X",
  "X\u0000",
);
const colon = mostly(fc.constant(": "), 20, ":", ":\t ", " : ", "\t:", "::", " ");
const plainField = fc.tuple(name, colon, value).map((parts) => parts.join(""));

const host = mostly(
  fc.constant("Host: a.example"),
  15,
  "Host:",
  "host: a.example:80",
  "Host : a.example",
  "Host: a.example\r\nHost: b.example",
  "X: y",
);
const framing = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.nat(bodyTail.length).map((length) => [`Content-Length: ${length}`]) },
  {
    weight: 4,
    arbitrary: fc.constantFrom("chunked", "Chunked", "chunked ", "\tchunked").map((c) => [`Transfer-Encoding: ${c}`]),
  },
  {
    weight: 4,
    arbitrary: fc.subarray(
      [
        "Content-Length: 5",
        "content-length: 05",
        "Content-Length: +5",
        "Content-Length: 5, 5",
        "Content-Length: 0x5",
        "Content-Length:",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: chunked",
        "transfer-encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding:",
        "Transfer-Encoding: , chunked",
        "Transfer-Encoding: \u000bchunked",
      ],
      { minLength: 1, maxLength: 2 },
    ),
  },
);
const special = fc.constantFrom(
  "Connection: close",
  "Connection: keep-alive",
  "Connection: Upgrade",
  "Connection: close, X-Thing",
  "Connection: Host",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Expect: 100-continue",
  "Expect: 200-ok",
  "TE: trailers",
  "Trailer: X-Sum",
  "Content-Type: application/json",
  "Content-Type: text/plain",
  "Content-Encoding: gzip",
  "Authorization: Basic eA==",
  "Origin: null",
  "Cookie: session_id=a",
);

const fields = fc
  .tuple(host, framing, fc.array(plainField, { maxLength: 4 }), fc.array(special, { maxLength: 2 }))
  .chain(([h, f, plain, more]) =>
    fc.shuffledSubarray([h, ...f, ...plain, ...more], { minLength: 1 + f.length + plain.length + more.length }),
  );

const eol = mostly(fc.constant("\r\n"), 60, "\n", "\r", "\r\r\n", "\n\r");
const space = mostly(fc.constant(" "), 40, "  ", "\t", "");

/** A raw head, latin-1, that ends with the only CRLF CRLF in it. */
export const rawHead: fc.Arbitrary<string> = fc
  .tuple(method, space, target, space, version, eol, fields, fc.array(eol, { minLength: 8, maxLength: 8 }))
  .map(([m, s1, r, s2, v, e, lines, ends]) => {
    const all = [`${m}${s1}${r}${s2}${v}${e}`, ...lines.map((line, i) => `${line}${ends[i % ends.length]}`)].join("");
    return `${all.replaceAll("\r\n\r\n", "\r\n").replace(/(\r\n)*$/, "")}\r\n\r\n`;
  });
