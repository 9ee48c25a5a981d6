import { type AddressInfo, createServer, type Socket } from "node:net";
import t from "tap";
import { Endpoint } from "../../src/router/upstream/endpoint.ts";
import { checkHealth } from "../../src/router/upstream/health-check.ts";
import { systemResolver } from "../../src/router/upstream/resolver.ts";
import { settings } from "../support/upstream-world.ts";

const upstream = { ...settings, checkTimeoutMs: 300 };
const never = new AbortController().signal;

/** What a check finds at a worker that treats each connection like this, and the request that the worker read. */
async function check(worker: (socket: Socket) => void, settings = upstream, stop = never) {
  let request = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", (bytes) => {
      request = bytes.toString("latin1");
      worker(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const outcome = await checkHealth(new Endpoint("127.0.0.1", "127.0.0.1", port, port), settings, stop);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return { outcome, request, connections: sockets.size, port };
}

const workers: ReadonlyArray<readonly [rule: string, answer: (socket: Socket) => void, want: string]> = [
  ["an answer is fine", (socket) => socket.end("HTTP/1.0 200 OK\r\n\r\n{}"), "fine"],
  ["a server error is fine: a status never ejects", (socket) => socket.end("HTTP/1.0 500 Broken\r\n\r\n"), "fine"],
  [
    "a redirect is fine, and not followed",
    (socket) => socket.end("HTTP/1.0 303 See Other\r\nLocation: /web\r\n\r\n"),
    "fine",
  ],
  [
    "an answer that never ends is fine",
    (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
    "fine",
  ],
  ["silence is busy", () => undefined, "busy"],
  ["half a head and silence is busy", (socket) => socket.write("HTTP/1.1 200"), "busy"],
  ["what is not HTTP is not a fault of the network", (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"), "busy"],
  ["an end before an answer is a reset", (socket) => socket.end(), "reset"],
  ["a reset is a reset", (socket) => socket.resetAndDestroy(), "reset"],
];
for (const [rule, answer, want] of workers) {
  t.test(rule, async (t) => {
    const { outcome, connections } = await check(answer);
    t.equal(outcome, want);
    t.equal(connections, 1, "one connection, one request");
  });
}

t.test("a check asks for the path and for no further use of the connection", async (t) => {
  const { request, port } = await check((socket) => socket.end("HTTP/1.0 200 OK\r\n\r\n"));
  const [line, ...fields] = request.trimEnd().toLowerCase().split("\r\n");
  t.equal(line, "get /web/health http/1.1");
  t.same(fields.toSorted(), ["connection: close", `host: 127.0.0.1:${port}`, "user-agent: hostward-check"]);
});

t.test("a port where nobody listens is refused", async (t) => {
  const { port } = await check((socket) => socket.end());
  t.equal(await checkHealth(new Endpoint("127.0.0.1", "127.0.0.1", port, port), upstream, never), "refused");
});

t.test("a check that is stopped ends at once", async (t) => {
  const stop = new AbortController();
  const patient = { ...upstream, checkTimeoutMs: 60_000 };
  const outcome = await check(() => stop.abort(), patient, stop.signal);
  t.match(outcome, { outcome: "busy", connections: 1 });
});

t.test("the system resolves its own name to loopback", async (t) => {
  t.match(await systemResolver("localhost"), [/^(127\.0\.0\.1|::1)$/]);
});

t.test("a name that does not exist is rejected", async (t) => {
  await t.rejects(systemResolver("does-not-exist.invalid"));
});
