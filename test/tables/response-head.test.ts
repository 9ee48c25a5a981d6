import t from "tap";
import { headPiece } from "../../src/router/http1/head-piece.ts";
import { parseResponseHead, type ResponseHead } from "../../src/router/http1/read-response-head.ts";

const context = { limits: { headFieldsMax: 100 }, toHead: false, secure: false };
const parse = (head: string, given = context) => parseResponseHead(headPiece(`${head}\r\n\r\n`), given);

function accepted(head: string, given = context): ResponseHead {
  const read = parse(head, given);
  if (read === null) throw new Error(`refused: ${head}`);
  return read;
}

const hundred = Array.from({ length: 100 }, (_, i) => `X-${i}: 1`).join("\r\n");
const refused: ReadonlyArray<readonly [rule: string, head: string]> = [
  ["no version", "200 OK"],
  ["HTTP/2", "HTTP/2.0 200 OK"],
  ["HTTP/1.2", "HTTP/1.2 200 OK"],
  ["a version in lower case", "http/1.1 200 OK"],
  ["two spaces before the status", "HTTP/1.1  200 OK"],
  ["a status of two digits", "HTTP/1.1 20 OK"],
  ["a status of four digits", "HTTP/1.1 2000"],
  ["a status that is no number", "HTTP/1.1 2x0 OK"],
  ["a status below 100", "HTTP/1.1 099 X"],
  ["a status above 599", "HTTP/1.1 600 X"],
  ["no status", "HTTP/1.1 "],
  ["a reason without its space", "HTTP/1.1 200OK"],
  ["a control byte in the reason", "HTTP/1.1 200 O\x01K"],
  ["a bare CR in the reason", "HTTP/1.1 200 O\rX: y"],
  ["a bare LF in the reason", "HTTP/1.1 200 OK\nX: y"],
  ["101 fields", `HTTP/1.1 200 OK\r\n${hundred}\r\nX: 1`],
  ["a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c"],
  ["a space before the colon", "HTTP/1.1 200 OK\r\nA : b"],
  ["an empty name", "HTTP/1.1 200 OK\r\n: b"],
  ["a line without a colon", "HTTP/1.1 200 OK\r\nA"],
  ["a bare LF in a value", "HTTP/1.1 200 OK\r\nA: b\nSet-Cookie: session_id=x"],
  ["a bare CR in a value", "HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: session_id=x"],
  ["NUL in a value", "HTTP/1.1 200 OK\r\nA: \0"],
  ["a Content-Length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5"],
  ["an empty Content-Length", "HTTP/1.1 200 OK\r\nContent-Length:"],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6"],
  ["a length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked"],
  ["two codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked"],
  ["chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked"],
  ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked"],
  ["an interim answer with a body", "HTTP/1.1 103 X\r\nContent-Length: 5"],
  ["an interim answer in chunks", "HTTP/1.1 100 X\r\nTransfer-Encoding: chunked"],
  ["two content types", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Type: text/plain"],
  ["two tags with blanks", `HTTP/1.1 200 OK\r\nETag: a${" ".repeat(50_000)}b\r\nX: y\r\nETag: a${" ".repeat(50_001)}b`],
  ["two locations", "HTTP/1.1 302 X\r\nLocation: /a\r\nlocation: /b"],
  ["two names of a file", "HTTP/1.1 200 OK\r\nContent-Disposition: a\r\nContent-Disposition: b"],
  ["two origins", "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: a\r\nAccess-Control-Allow-Origin: *"],
  ["two proofs of a handshake", "HTTP/1.1 101 X\r\nSec-WebSocket-Accept: a\r\nSec-WebSocket-Accept: b"],
];
for (const [rule, head] of refused) t.equal(parse(head), null, `refused: ${rule}`);
for (const text of ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK\r\n\r\nx"])
  t.equal(parseResponseHead(headPiece(text), context), null, `no whole head: ${JSON.stringify(text)}`);

const passing: ReadonlyArray<readonly [rule: string, fields: string, want: string]> = [
  ["lines pass byte for byte", "X-A:  b \r\netag: c", "X-A:  b \r\netag: c\r\n"],
  ["100 fields", hundred, `${hundred}\r\n`],
  ["an empty value", "X-A:", "X-A:\r\n"],
  ["hop-by-hop fields go", "Connection: close\r\nKeep-Alive: x\r\nTrailer: x\r\nTE: x\r\nX: y\r\nUpgrade: h2c", "X: y\r\n"],
  ["what Connection nominates goes", "X-A: 1\r\nConnection: close, x-a\r\nX-B: 2", "X-B: 2\r\n"],
  ["framing is rebuilt", "Content-Length: 5\r\nX: y", "X: y\r\n"],
  ["the server is not named", "Server: Werkzeug\r\nX-Accel-Redirect: /a\r\nX-Sendfile: /a", ""],
  ["Date twice is one", "Date: a\r\nX: y\r\nDate: a", "Date: a\r\nX: y\r\n"],
  ["Date a second later is the first", "Date: 10:00:00\r\nDate: 10:00:01", "Date: 10:00:00\r\n"],
  ["equal singletons are one", "ETag: a\r\nEtag: a\r\nContent-Type: b\r\nContent-Type:b", "ETag: a\r\nContent-Type: b\r\n"],
  ["a value is no name of a singleton", "ETag: age\r\nAge: 5", "ETag: age\r\nAge: 5\r\n"],
  ["equal singletons with blanks inside are one", `ETag: a${" ".repeat(50_000)}b \r\netag:\ta${" ".repeat(50_000)}b`, `ETag: a${" ".repeat(50_000)}b \r\n`],
  ["equal locations are one", "Location: /a\r\nLocation: /a", "Location: /a\r\n"],
  ["Link may repeat", "Link: a\r\nLink: b", "Link: a\r\nLink: b\r\n"],
  ["Vary may repeat", "Vary: a\r\nVary: b", "Vary: a\r\nVary: b\r\n"],
  ["Cache-Control may repeat", "Cache-Control: a\r\nCache-Control: b", "Cache-Control: a\r\nCache-Control: b\r\n"],
  ["WWW-Authenticate may repeat", "WWW-Authenticate: a\r\nWWW-Authenticate: b", "WWW-Authenticate: a\r\nWWW-Authenticate: b\r\n"],
  ["policies may repeat", "Content-Security-Policy: a\r\nContent-Security-Policy: b", "Content-Security-Policy: a\r\nContent-Security-Policy: b\r\n"],
  ["Set-Cookie may repeat, without Domain", "Set-Cookie: a=1; Domain=x\r\nX: y\r\nset-cookie: b=2", "Set-Cookie: a=1\r\nX: y\r\nset-cookie: b=2\r\n"],
]; // biome-ignore format: one row, one line
for (const [rule, fields, want] of passing)
  t.equal(accepted(`HTTP/1.1 200 OK\r\n${fields}`).passed, want, `passed: ${rule}`);
t.equal(
  accepted("HTTP/1.1 200 OK\r\nSet-Cookie: a=1", { ...context, secure: true }).passed,
  "Set-Cookie: a=1; Secure\r\n",
  "passed: over https cookies are secure",
);

const framings: ReadonlyArray<readonly [rule: string, method: string, head: string, framing: string, length: number]> = [
  ["a length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5", "length", 5],
  ["equal lengths are one", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5", "length", 5],
  ["a length of 0", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0", "length", 0],
  ["chunks", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked", "chunked", -1],
  ["neither: the connection's end", "GET", "HTTP/1.0 200 OK", "close", -1],
  ["a refusal has a body too", "GET", "HTTP/1.1 404 X\r\nContent-Length: 5", "length", 5],
  ["HEAD only announces a length", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5", "none", 5],
  ["HEAD only announces chunks", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", "none", -1],
  ["304 only announces a length", "GET", "HTTP/1.1 304 X\r\nContent-Length: 5", "none", 5],
  ["204 has no body", "GET", "HTTP/1.1 204 X", "none", -1],
  ["204 has no body whatever it says", "GET", "HTTP/1.1 204 X\r\nContent-Length: 5", "none", 5],
  ["an interim answer has none", "GET", "HTTP/1.1 103 X\r\nContent-Length: 0", "none", 0],
  ["behind 101 all bytes are the protocol's, whatever gevent announces", "GET", "HTTP/1.1 101 X\r\nTransfer-Encoding: chunked", "close", -1],
]; // biome-ignore format: one row, one line
for (const [rule, method, head, framing, length] of framings) {
  const read = accepted(head, { ...context, toHead: method === "HEAD" });
  t.strictSame([read.framing, read.contentLength], [framing, length], `framing: ${rule}`);
}

const kept: ReadonlyArray<readonly [rule: string, head: string, want: boolean]> = [
  ["1.1 keeps", "HTTP/1.1 200 OK", true],
  ["1.1 closes when it says so", "HTTP/1.1 200 OK\r\nConnection: Close", false],
  ["1.1 closes among other options", "HTTP/1.1 200 OK\r\nConnection: x, close , y", false],
  ["1.0 closes", "HTTP/1.0 200 OK", false],
  ["1.0 keeps when it says so", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive", true],
  ["close wins over keep-alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nConnection: close", false],
  ["a 204 that announces a length may send it yet", "HTTP/1.1 204 X\r\nContent-Length: 5", false],
  ["a 204 that announces chunks may send them yet", "HTTP/1.1 204 X\r\nTransfer-Encoding: chunked", false],
  ["a 204 of length 0 is whole", "HTTP/1.1 204 X\r\nContent-Length: 0", true],
];
for (const [rule, head, want] of kept) t.equal(accepted(head).keepsAlive, want, `connection: ${rule}`);

const facts: ReadonlyArray<readonly [rule: string, head: string, name: keyof ResponseHead, want: unknown]> = [
  ["the status", "HTTP/1.0 404 NOT FOUND", "status", 404],
  ["the reason as it came", "HTTP/1.1 200 \xe9 t\t", "reason", "\xe9 t\t"],
  ["an empty reason", "HTTP/1.1 200 ", "reason", ""],
  ["a missing reason with its space", "HTTP/1.1 200", "reason", ""],
  ["a location, trimmed", "HTTP/1.1 302 X\r\nLocation: \t/web ", "location", "/web"],
  ["no location", "HTTP/1.1 302 X", "location", null],
  ["an upgrade in lower case", "HTTP/1.1 101 X\r\nUpgrade: WebSocket", "upgrade", "websocket"],
  ["two upgrades are a list", "HTTP/1.1 101 X\r\nUpgrade: h2c\r\nUpgrade: websocket", "upgrade", "h2c,websocket"],
  ["the proof of a handshake", "HTTP/1.1 101 X\r\nSec-WebSocket-Accept: aB=", "webSocketAccept", "aB="],
];
for (const [rule, head, name, want] of facts) t.equal(accepted(head)[name], want, `read: ${rule}`);
