/** Workers that break the protocol, close early or say nothing: an answer with a code before the head, a reset behind it. */
import { request } from "../support/live-client.ts";
import type { WorkerAction } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const close: WorkerAction = { end: "close" };
const raw = (...text: string[]): WorkerAction[] => [...text.map((write) => ({ write })), close];

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
  const tier = code.endsWith("_timeout") ? "timeouts: { request: 200ms }" : "";
  const setup = { tier, script: { onRequest: () => actions } };
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
  const tier = code.endsWith("_timeout") ? "timeouts: { request: 200ms }" : "";
  const setup = { tier, script: { onRequest: () => actions } };
  scenario(`an answer ${rule} resets the client`, setup, async (scene, t) => {
    const client = await scene.client();
    t.equal(await client.send(request("GET /")).end(), "reset");
    t.notMatch(client.text, /0\r\n\r\n$/, "no last chunk");
    t.match(await scene.line(0), { status: 200, code });
  });
}
