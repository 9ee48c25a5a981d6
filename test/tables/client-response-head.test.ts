import t from "tap";
import { headPiece } from "../../src/router/http1/head-piece.ts";
import { parseResponseHead } from "../../src/router/http1/read-response-head.ts";
import { clientFraming, interimText, leadsToSelector, switchingHead } from "../../src/router/response-head.ts";

const context = { limits: { headFieldsMax: 100 }, toHead: false, secure: false };
const read = (head: string) => parseResponseHead(headPiece(`${head}\r\n\r\n`), context)!;

const framings: ReadonlyArray<readonly [rule: string, head: string, chunks: boolean, body: boolean]> = [
  ["a length stays one", "HTTP/1.1 200 OK\r\nContent-Length: 5", false, true],
  ["chunks are made anew", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", true, true],
  ["an end by closing becomes chunks: a cut must show", "HTTP/1.0 200 OK", true, true],
  ["no body has no framing", "HTTP/1.1 304 X\r\nContent-Length: 5", false, false],
];
for (const [rule, head, chunks, body] of framings) t.strictSame(clientFraming(read(head)), { chunks, body }, rule);

t.equal(
  interimText(read("HTTP/1.1 103 Early Hints\r\nLink: a\r\nConnection: x")),
  "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
  "an interim answer goes on without what is for its hop",
);
t.equal(
  switchingHead(
    read("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\nTransfer-Encoding: chunked\r\nA: b"),
  ),
  "HTTP/1.1 101 X\r\nA: b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  "the head of a tunnel says so once, and frames nothing",
);

const locations: ReadonlyArray<readonly [rule: string, location: string, want: boolean]> = [
  ["the selector", "/web/database/selector", true],
  ["the manager", "/web/database/manager", true],
  ["the form for a first database", "/web/database/create", true],
  ["with the worker's authority", "http://acme.example:8069/web/database/selector", true],
  ["the scheme has no case", "HTTPS://acme.example/web/database/selector", true],
  ["with a query", "/web/database/selector?redirect=%2Fweb", true],
  ["with a fragment", "/web/database/selector#a", true],
  ["behind a language", "/fr_BE/web/database/selector", true],
  ["with more slashes", "//web//database//selector/", true],
  ["behind two segments", "/a/b/web/database/selector", false],
  ["in a query only", "/web/login?redirect=/web/database/selector", false],
  ["a longer word", "/web/database/selectors", false],
  ["another page", "/web", false],
  ["nothing", "", false],
];
for (const [rule, location, want] of locations)
  t.equal(leadsToSelector(location), want, `leads to the selector: ${rule}`);
