/** What a client receives of a worker's answer: framing checked, rebuilt, and never a cut one that looks whole. */
import { request } from "../support/live-client.ts";
import { answer, type WorkerAction } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const close: WorkerAction = { end: "close" };
const raw = (...text: string[]): WorkerAction[] => [...text.map((write) => ({ write })), close];
const has = (fields: readonly (readonly [string, string])[], name: string) =>
  fields.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);

type Row = readonly [
  rule: string,
  method: string,
  actions: readonly WorkerAction[],
  status: number,
  body: string,
  framing: string,
];
const relayed: readonly Row[] = [
  ["Content-Length", "GET", answer(200, "hello", "keep-alive"), 200, "hello", "5"],
  ["an empty body", "GET", answer(200, "", "keep-alive"), 200, "", "0"],
  [
    "chunks",
    "GET",
    raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n", "2\r\nde\r\n0\r\nX: t\r\n\r\n"),
    200,
    "abcde",
    "chunked",
  ],
  ["a close-delimited page", "GET", raw("HTTP/1.1 200 OK\r\n\r\nabc", "de"), 200, "abcde", "chunked"],
  ["HTTP/1.0 without a length", "GET", answer(200, "abcde", "http10"), 200, "abcde", "chunked"],
  ["HTTP/1.0 with one", "GET", raw("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc"), 200, "abc", "3"],
  ["204", "GET", raw("HTTP/1.1 204 No Content\r\n\r\n"), 204, "", ""],
  ["304 with a length", "GET", raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: x\r\n\r\n"), 304, "", "9"],
  ["HEAD with a length", "HEAD", raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), 200, "", "9"],
  ["HEAD with chunks", "HEAD", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), 200, "", ""],
  ["a head in pieces", "GET", raw("HTTP/1.1 2", "00 OK\r", "\nContent-Length: 2\r\n\r", "\nok"), 200, "ok", "2"],
  [
    "100 dropped",
    "GET",
    raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    200,
    "ok",
    "2",
  ],
];
for (const [rule, method, actions, status, body, framing] of relayed) {
  scenario(`relays ${rule}`, { script: { onRequest: () => actions } }, async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(request(`${method} /`)).responses(1, [method]);
    t.match(response, { status, body, faults: [], closes: false });
    t.equal(
      [...has(response!.fields, "content-length"), ...has(response!.fields, "transfer-encoding")].join(),
      framing,
    );
    t.notMatch(client.text, / 100 /);
    await client.send(request("HEAD /")).responses(2, [method, "HEAD"]);
    t.match(await scene.line(0), { status, code: "", flag: "-", bytes_out: body.length });
  });
}

const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
const broken: readonly (readonly [rule: string, actions: readonly WorkerAction[], status: number, code: string])[] = [
  ["garbage", raw("SSH-2.0-OpenSSH\r\n\r\n"), 502, "malformed_response"],
  ["an oversized head", raw(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}\r\n\r\n`), 502, "malformed_response"],
  ["a head without an end", [{ write: `HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}` }], 502, "malformed_response"],
  ["too many fields", raw(`HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(101)}\r\n`), 502, "malformed_response"],
  [
    "two lengths",
    raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    502,
    "malformed_response",
  ],
  [
    "a length beside chunks",
    raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
    502,
    "malformed_response",
  ],
  [
    "more than ten interim answers",
    raw(hints.repeat(11), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    502,
    "malformed_response",
  ],
  ["an upgrade that nobody asked for", raw("HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n"), 502, "malformed_response"],
  ["nothing, and closes", [close], 503, "upstream_reset"],
  ["half a head, and closes", raw("HTTP/1.1 200 OK\r\nContent-"), 503, "upstream_reset"],
  ["nothing, and resets", [{ end: "reset" }], 503, "upstream_reset"],
  ["nothing at all", [], 504, "upstream_timeout"],
];
for (const [rule, actions, status, code] of broken) {
  const setup = { tier: "timeouts: { request: 200ms }", script: { onRequest: () => actions } };
  scenario(`a worker that answers ${rule}`, setup, async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(request("GET /")).responses(1);
    t.match(response, { status, closes: false, faults: [] });
    t.match(await scene.line(0), { status, code });
    await client.send(request("GET /", ["Host: nobody.example"])).responses(2);
    t.equal(await scene.metric("requests_total", { code }), 1);
  });
}

scenario(
  "103 is relayed",
  { script: { onRequest: () => raw(hints, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") } },
  async (scene, t) => {
    const client = await scene.client();
    await client.send(request("GET /")).responses(1);
    t.match(client.text, /^HTTP\/1\.1 103 Early Hints\r\nLink: .*\r\n\r\nHTTP\/1\.1 200 /);
  },
);

const length = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";
const chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
const cut: readonly (readonly [rule: string, actions: readonly WorkerAction[], code: string])[] = [
  ["closed in the middle of a length", raw(length), "response_cut"],
  ["closed between chunks", raw(chunks), "response_cut"],
  ["malformed between chunks", raw(chunks, "zz\r\n"), "response_cut"],
  [
    "reset in a close-delimited page",
    [{ write: "HTTP/1.1 200 OK\r\n\r\nabc" }, { waitMs: 20 }, { end: "reset" }],
    "response_cut",
  ],
  ["stalled in the middle", [{ write: length }], "response_timeout"],
];
for (const [rule, actions, code] of cut) {
  const setup = { tier: "timeouts: { request: 200ms }", script: { onRequest: () => actions } };
  scenario(`an answer ${rule} resets the client`, setup, async (scene, t) => {
    const client = await scene.client();
    t.equal(await client.send(request("GET /")).end(), "reset");
    t.notMatch(client.text, /0\r\n\r\n$/, "no last chunk");
    t.match(await scene.line(0), { status: 200, code });
  });
}
