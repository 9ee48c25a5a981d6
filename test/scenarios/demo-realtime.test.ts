import { connect } from "node:net";
import t from "tap";
import { exchange, get, maskedFrame, post, runRows, workersFor } from "../support/odoo.ts";

const r15 = (await workersFor(t, "15.0", "^%h$")).realtimePort;
const r17 = (await workersFor(t, "17.0", "^%h$")).realtimePort;

const asked = ["Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="; // the example of RFC 6455 section 1.3
const shortKey = "Sec-WebSocket-Key: YQ==";
const origin = "Origin: https://evil.example";
const close = "Connection: close";

runRows(t, [
  ["answers HTTP/1.1", r17, get("/web/health", close), /^HTTP\/1\.1 200 .*"pass"/s],
  ["the poll of 15 names its database", r15, post("/longpolling/poll", "{}", close), /"database":"acme\.localhost"\}/],
  ["17 has no poll", r17, post("/longpolling/poll", "{}", close), /^HTTP\/1\.1 404 /],
  ["a handshake needs an Origin", r17, get("/websocket", ...asked, key), /^HTTP\/1\.1 400 .*Origin/s],
  ["and a key of 16 bytes", r17, get("/websocket", ...asked, shortKey, origin), /^HTTP\/1\.1 400 .*Key/s],
  ["and version 13", r17, get("/websocket", ...asked.slice(0, 2), key, origin), /^HTTP\/1\.1 400 .*Version/s],
  ["and an upgrade", r17, get("/websocket", key, origin, close), /^HTTP\/1\.1 400 /],
  ["and a database", r17, get("/websocket", ...asked, key, origin, "Host: x"), /^HTTP\/1\.1 404 /],
  ["15 has no WebSocket", r15, get("/websocket", ...asked, key, origin), /^HTTP\/1\.1 404 /],
  [
    "other paths do not upgrade",
    r17,
    get("/demo/big?bytes=3", ...asked, key, origin),
    /^HTTP\/1\.1 200 .*\r\n\r\nxxx$/s,
  ],
]);

t.test("a foreign Origin opens a WebSocket that names its database and echoes", async (t) => {
  const socket = connect(r17, "127.0.0.1");
  t.teardown(() => socket.destroy());
  const named = (received: string) => received.endsWith('"17.0"}');
  const opened = await exchange(socket, get("/websocket", ...asked, key, origin), named);
  const [head = "", greeting] = opened.split("\r\n\r\n");
  t.match(head, /^HTTP\/1\.1 101 .*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n.*session_id=/s);
  t.equal(greeting?.slice(2), '{"database":"acme.localhost","odoo":"17.0"}');
  const rows = [
    ["text comes back", maskedFrame(0x81, "hello"), "\x81\x05hello"],
    ["a part of a message comes back as a part", maskedFrame(0x02, "ab"), "\x02\x02ab"],
    ["a ping is answered", maskedFrame(0x89, "?"), "\x8a\x01?"],
    ["an unmasked frame ends it", Buffer.from("\x81\x01x", "latin1"), "\x88\x02\x03\xea"],
  ] as const;
  for (const [rule, sent, want] of rows)
    t.equal(await exchange(socket, sent, ({ length }) => length >= want.length), want, rule);
});

t.test("a connection stays open without a word about it", async (t) => {
  const socket = connect(r17, "127.0.0.1");
  t.teardown(() => socket.destroy());
  const passed = (received: string) => received.endsWith("}");
  t.notMatch(await exchange(socket, get("/web/health"), passed), /^(?:Connection|Keep-Alive):/im);
  t.match(await exchange(socket, get("/web/health"), passed), /^HTTP\/1\.1 200 /);
});
