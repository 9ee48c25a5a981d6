import t from "tap";
import { headPiece } from "../../src/router/http1/head-piece.ts";
import { parseRequestHead, type RequestHead } from "../../src/router/http1/read-head.ts";

const limits = { headFieldsMax: 100 };
const read = (text: string) => parseRequestHead(headPiece(text), limits);
const withFields = (fields: string) => read(`POST / HTTP/1.1\r\n${fields === "" ? "" : `${fields}\r\n`}\r\n`);
const code = (head: RequestHead | string) => (typeof head === "string" ? head : "");

function accepted(fields: string): RequestHead {
  const head = withFields(fields);
  if (typeof head === "string") throw new Error(`refused with ${head}: ${fields}`);
  return head;
}

const requestLines: ReadonlyArray<readonly [rule: string, line: string, want: string]> = [
  ["one space between three parts", "GET / HTTP/1.1", ""],
  ["any visible byte may be in the target: step 2 judges it", 'GET /%{}"\\#\xe9 HTTP/1.1', ""],
  ["registered methods of WebDAV", "PROPFIND / HTTP/1.1", ""],
  ["QUERY is registered", "QUERY / HTTP/1.1", ""],
  ["an empty line before the request line is not skipped", "\r\nGET / HTTP/1.1", "malformed_request"],
  ["no method", " / HTTP/1.1", "malformed_request"],
  ["a method that is no token", "GE(T / HTTP/1.1", "malformed_request"],
  ["no target", "GET HTTP/1.1", "malformed_request"],
  ["an empty target", "GET  HTTP/1.1", "malformed_request"],
  ["two spaces before the version", "GET /  HTTP/1.1", "malformed_request"],
  ["a tab for a space", "GET\t/ HTTP/1.1", "malformed_request"],
  ["a space in the target", "GET /a b HTTP/1.1", "malformed_request"],
  ["DEL in the target, as in pieces", "GET /a\x7fb HTTP/1.1", "malformed_request"],
  ["a control byte in the target", "GET /\x01 HTTP/1.1", "malformed_request"],
  ["a bare CR in the target", "GET /\rx HTTP/1.1", "malformed_request"],
  ["a bare LF ends no request line", "GET / HTTP/1.1\nHost: a", "malformed_request"],
  ["a space behind the version", "GET / HTTP/1.1 ", "malformed_request"],
  ["HTTP/0.9 has no version", "GET /", "malformed_request"],
  ["the version is in upper case", "GET / http/1.1", "malformed_request"],
  ["a version has two digits", "GET / HTTP/1.10", "malformed_request"],
  ["a version has a dot", "GET / HTTP/1,1", "malformed_request"],
  ["HTTP/1.0 knows neither Host nor chunked", "GET / HTTP/1.0", "version_unsupported"],
  ["HTTP/1.2 is not 1.1", "GET / HTTP/1.2", "version_unsupported"],
  ["the HTTP/2 preface", "PRI * HTTP/2.0", "version_unsupported"],
  ["PRI is no method of a request (RFC 9113 section 3.4)", "PRI / HTTP/1.1", "unknown_method"],
  ["an unregistered method", "BREW / HTTP/1.1", "unknown_method"],
  ["methods have a case", "get / HTTP/1.1", "unknown_method"],
  ["a method named like a property", "constructor / HTTP/1.1", "unknown_method"],
  ["TRACE", "TRACE / HTTP/1.1", "method_refused"],
  ["a stray byte anywhere counts first, as it does in pieces", "TRACE / HTTP/1.1\r\nA: \0", "malformed_request"],
  ["a bare LF anywhere too", "GET / HTTP/1.0\r\nA: b\nC: d", "malformed_request"],
  ["CONNECT", "CONNECT a.example:443 HTTP/1.1", "method_refused"],
];
for (const [rule, line, want] of requestLines) t.equal(code(read(`${line}\r\n\r\n`)), want, `request line: ${rule}`);

const hundred = Array.from({ length: 100 }, (_, i) => `X-${i}: 1`).join("\r\n");
const refusals: ReadonlyArray<readonly [rule: string, fields: string, want: string]> = [
  ["no field at all is no matter of the grammar", "", ""],
  ["100 fields", hundred, ""],
  ["101 fields", `${hundred}\r\nX: 1`, "head_too_large"],
  ["a space before the colon", "Host : a", "malformed_request"],
  ["a tab before the colon", "Host\t: a", "malformed_request"],
  ["a line without a colon", "Host", "malformed_request"],
  ["an empty name", ": a", "malformed_request"],
  ["a folded line", "A: b\r\n c: d", "malformed_request"],
  ["white space before the first field", " A: b", "malformed_request"],
  ["a byte beyond ASCII in a name", "\xc0: a", "malformed_request"],
  ["a separator in a name", "A(: a", "malformed_request"],
  ["NUL in a value", "A: b\0", "malformed_request"],
  ["DEL in a value", "A: \x7f", "malformed_request"],
  ["a vertical tab in a value", "A: \x0bb", "malformed_request"],
  ["a bare CR in a value", "A: b\rC: d", "malformed_request"],
  ["a bare LF in a value", "A: b\nC: d", "malformed_request"],
  ["CR CR LF", "A: b\r", "malformed_request"],
  ["an underscore in a name", "Content_Length: 1", "underscore_field"],
  ["an underscore in a name that would be dropped", "X-Forwarded_For: 1", "underscore_field"],
  ["two Host", "Host: a\r\nhost: a", "repeated_field"],
  ["two Content-Length, even equal", "Content-Length: 1\r\nContent-Length: 1", "repeated_field"],
  ["two Content-Type", "Content-Type: a/b\r\ncontent-type: a/b", "repeated_field"],
  ["two Content-Encoding", "Content-Encoding: br\r\nCONTENT-ENCODING: br", "repeated_field"],
  ["two Authorization", "Authorization: a\r\nauthorization: a", "repeated_field"],
  ["two Origin", "Origin: null\r\norigin: null", "repeated_field"],
  ["an empty line of a field counts too", "Host:\r\nHost: a", "repeated_field"],
  ["Content-Length 0", "Content-Length: 0", ""],
  ["Content-Length of 15 digits", "Content-Length: 000000000000005", ""],
  ["Content-Length of 16 digits", "Content-Length: 0000000000000005", "ambiguous_framing"],
  ["Content-Length empty", "Content-Length:", "ambiguous_framing"],
  ["Content-Length with a sign", "Content-Length: +5", "ambiguous_framing"],
  ["Content-Length negative", "Content-Length: -5", "ambiguous_framing"],
  ["Content-Length as a list", "Content-Length: 5, 5", "ambiguous_framing"],
  ["Content-Length hexadecimal", "Content-Length: 0x5", "ambiguous_framing"],
  ["Content-Length with an inner space", "Content-Length: 1 0", "ambiguous_framing"],
  ["Content-Length in foreign digits", "Content-Length: \xb2", "ambiguous_framing"],
  ["Content-Length as a fraction", "Content-Length: 5.0", "ambiguous_framing"],
  ["Content-Length with Transfer-Encoding", "Content-Length: 5\r\nTransfer-Encoding: chunked", "ambiguous_framing"],
  ["the same in the other order", "Transfer-Encoding: chunked\r\nContent-Length: 5", "ambiguous_framing"],
  ["Content-Length with a strange coding", "Content-Length: 5\r\nTransfer-Encoding: x", "ambiguous_framing"],
  ["chunked in any case", "Transfer-Encoding: CHUNKED", ""],
  ["chunked within white space", "Transfer-Encoding:\t chunked\t ", ""],
  ["two chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "transfer_coding_unsupported"],
  ["chunked behind another line", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked", "transfer_coding_unsupported"],
  ["gzip, chunked", "Transfer-Encoding: gzip, chunked", "transfer_coding_unsupported"],
  ["an empty list element", "Transfer-Encoding: , chunked", "transfer_coding_unsupported"],
  ["identity", "Transfer-Encoding: identity", "transfer_coding_unsupported"],
  ["an empty Transfer-Encoding", "Transfer-Encoding:", "transfer_coding_unsupported"],
  ["chunked in quotes", 'Transfer-Encoding: "chunked"', "transfer_coding_unsupported"],
  ["chunked with a parameter", "Transfer-Encoding: chunked;a=b", "transfer_coding_unsupported"],
  ["chunked behind a byte that some trim", "Transfer-Encoding: \xa0chunked", "transfer_coding_unsupported"],
  ["Expect 100-continue in any case", "Expect: 100-Continue", ""],
  ["another Expect", "Expect: 200-ok", "expectation_failed"],
  ["an Expect with something before", "Expect: y 100-continue", "expectation_failed"],
  ["an empty Expect", "Expect:", "expectation_failed"],
  ["one good and one bad Expect", "Expect: 100-continue\r\nExpect: x", "expectation_failed"],
  ["Connection nominates Host", "Connection: close, Host", "protected_field"],
  ["Connection nominates Cookie in its second line", "Connection: close\r\nConnection: cookie", "protected_field"],
  ["Connection nominates Authorization", "Connection: authorization", "protected_field"],
  ["Connection nominates Origin behind a tab", "Connection:\torigin", "protected_field"],
  ["Connection nominates Content-Length", "Connection: content-length", "protected_field"],
  ["Connection nominates a Content field of the future", "Connection: Content-X", "protected_field"],
  ["Connection nominates Transfer-Encoding", "Connection: keep-alive,Transfer-Encoding", "protected_field"],
  ["Connection nominates X-Forwarded-Host", "Connection: ,,X-Forwarded-Host,", "protected_field"],
  ["Connection nominates Host within other white space", "Connection: \xa0host", "protected_field"],
];
for (const [rule, fields, want] of refusals) t.equal(code(withFields(fields)), want, `fields: ${rule}`);

const passing: ReadonlyArray<readonly [rule: string, fields: string, want: string]> = [
  ["ordinary lines pass byte for byte", "aCCept: */*\r\nX-A: b", "aCCept: */*\r\nX-A: b\r\n"],
  ["a missing space passes", "X-A:b", "X-A:b\r\n"],
  ["an empty value passes", "X-A:\r\nX-B: ", "X-A:\r\nX-B: \r\n"],
  ["a value of white space becomes an empty one", "X-A: \t ", "X-A: \r\n"],
  ["white space around a value is made canonical", "X-A: \tb c\t\r\nX-B: d ", "X-A: b c\r\nX-B: d\r\n"],
  ["obs-text and inner tabs pass", "X-A: \xff\t\x80", "X-A: \xff\t\x80\r\n"],
  ["lines around a dropped one pass", "X-A: 1\r\nTE: trailers\r\nX-B: 2", "X-A: 1\r\nX-B: 2\r\n"],
  ["framing and Host never pass", "Host: a\r\nContent-Length: 5\r\nX-A: 1", "X-A: 1\r\n"],
  ["Expect never passes", "Expect: 100-continue", ""],
  ["Upgrade and Connection never pass", "Connection: upgrade\r\nUpgrade: websocket", ""],
  ["Content-Encoding never passes: no body but identity does", "Content-Encoding: identity", ""],
  ["several Cookie lines become one", "Cookie: a=1\r\nX: y\r\nCOOKIE: b=2 ", "X: y\r\nCookie: a=1; b=2\r\n"],
  ["an empty Cookie line behind one adds nothing", "Cookie: a=1\r\nCookie:", "Cookie: a=1\r\n"],
  ["an empty Cookie line before one adds nothing", "Cookie:\r\nCookie: a=1", "Cookie: a=1\r\n"],
  ["one Cookie line stays", "cookie: a=1; b=[1,2]", "cookie: a=1; b=[1,2]\r\n"],
  ["what Connection nominates goes", "X-A: 1\r\nConnection: close, x-a\r\nX-B: 2\r\nx-A: 3", "X-B: 2\r\n"],
  ["a nomination is a whole name", "X-A-B: 1\r\nConnection: x-a", "X-A-B: 1\r\n"],
  ["Connection's own words nominate nothing", "Close: 1\r\nConnection: close, keep-alive", "Close: 1\r\n"],
];
for (const [rule, fields, want] of passing) t.equal(accepted(fields).passed, want, `passed: ${rule}`);

const facts: ReadonlyArray<readonly [rule: string, fields: string, name: keyof RequestHead, want: unknown]> = [
  ["a length frames", "Content-Length: 5", "framing", "length"],
  ["a length is decimal with leading zeros", "Content-Length: 007", "contentLength", 7],
  ["a length of 0 is no body", "Content-Length: 0", "framing", "none"],
  ["chunked frames", "Transfer-Encoding: Chunked", "framing", "chunked"],
  ["fields are counted, dropped ones too", "Host: a\r\nX: y", "fieldCount", 2],
  ["cookies of all lines count", "Cookie: a\r\nCookie: b, c", "cookie", "a; b, c"],
  ["no Cookie is null", "X: y", "cookie", null],
  ["several X-Forwarded-For are one list", "X-Forwarded-For: a\r\nx-forwarded-for: b,c", "forwardedFor", "a,b,c"],
  ["two X-Forwarded-Proto are not believed", "X-Forwarded-Proto: a\r\nX-Forwarded-Proto: a", "forwardedProto", ""],
  ["two X-Request-Id are not believed", "X-Request-Id: a\r\nX-Request-Id: a", "requestId", ""],
  ["two traceparent are not believed", "traceparent: a\r\nTraceparent: a", "traceparent", ""],
  ["close closes, beside keep-alive too", "Connection: keep-alive, Close", "closes", true],
  ["close closes from a second line", "Connection: a\r\nConnection: close", "closes", true],
  ["keep-alive does not close", "Connection: keep-alive", "closes", false],
  ["Upgrade needs Connection", "Upgrade: websocket", "upgrade", ""],
  ["Upgrade with Connection", "Upgrade: WebSocket\r\nConnection: Keep-Alive, UPGRADE", "upgrade", "websocket"],
  ["an Upgrade list is kept whole", "Upgrade: websocket, h2c\r\nConnection: upgrade", "upgrade", "websocket, h2c"],
  ["two Upgrade are none", "Upgrade: websocket\r\nUpgrade: websocket\r\nConnection: upgrade", "upgrade", ""],
  ["three are none either", "Upgrade: a\r\nUpgrade: a\r\nUpgrade: websocket\r\nConnection: upgrade", "upgrade", ""],
  [
    "two Sec-WebSocket-Key are no handshake",
    "Sec-WebSocket-Key: a\r\nSec-WebSocket-Key: b\r\nUpgrade: websocket\r\nConnection: upgrade",
    "upgrade",
    "",
  ],
  ["a key is kept", "sec-websocket-key: dGhl ", "webSocketKey", "dGhl"],
  ["Expect is noted", "Expect: 100-continue", "expectsContinue", true],
];
for (const [rule, fields, name, want] of facts) t.equal(accepted(fields)[name], want, `read: ${rule}`);

const named = accepted("Host: a\r\nX-Thing: \t b c \r\nCookie: d");
t.strictSame([named.fieldName(1), named.fieldValue(1)], ["X-Thing", "b c"], "a field line can be asked for");
for (const text of [
  "",
  "GET / HTTP/1.1\r\n",
  "GET / HTTP/1.1\r\nA: b\r\n",
  "GET / HTTP/1.1\r\nA: b",
  "GET / HTTP/1.1\r\n\r",
])
  t.equal(code(read(text)), "malformed_request", `text that is no whole head: ${JSON.stringify(text)}`);
t.equal(code(read("GET / HTTP/1.1\r\n\r\nx")), "malformed_request", "nothing may stand behind the empty line");
