/** Connections to workers: kept only where offered, never trusted again after a byte too many. */
import type { Socket } from "node:net";
import { request, requestWithBody } from "../support/live-client.ts";
import { answer, type RecordedRequest, type WorkerAction } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
const path = ({ target }: RecordedRequest, end: "keep-alive" | "close" = "keep-alive") => answer(200, target, end);
const keeping = { onRequest: (r: RecordedRequest) => path(r) };

scenario("a connection that the worker offers is used again", { script: keeping }, async (scene, t) => {
  for (const target of ["/1", "/2", "/3"]) t.equal((await scene.ask(request(`GET ${target}`))).body, target);
  t.equal(await scene.metric("connects_total", { result: "opened" }), 1);
  t.equal(await scene.metric("connects_total", { result: "reused" }), 2);
});

scenario("a connection that the worker closes is not", {}, async (scene, t) => {
  for (const target of ["/1", "/2"]) t.equal((await scene.ask(request(`GET ${target}`))).body, `GET ${target}`);
  t.equal(await scene.metric("connects_total", { result: "opened" }), 2);
});

const poisons: readonly (readonly [rule: string, actions: (r: RecordedRequest) => readonly WorkerAction[]])[] = [
  ["in one piece with the answer", (r) => [{ write: Buffer.concat([...path(r).map(bytesOf), Buffer.from(evil)]) }]],
  ["later, while the connection is idle", (r) => [...path(r), { waitMs: 20 }, { write: evil }]],
];
for (const [rule, onRequest] of poisons) {
  scenario(`bytes behind an answer reach nobody: ${rule}`, { script: { onRequest } }, async (scene, t) => {
    const client = await scene.client();
    t.equal((await client.send(request("GET /1")).responses(1))[0]!.body, "/1");
    await scene.worker.settled(1000);
    t.equal((await client.send(request("GET /2")).responses(2))[1]!.body, "/2");
    t.equal(await scene.metric("connects_total", { result: "reused" }), 0);
    t.notMatch(client.text, "evil");
  });
}

function bytesOf(action: WorkerAction): Buffer {
  return "write" in action ? Buffer.from(action.write) : Buffer.alloc(0);
}

scenario(
  "a kept connection that ends with the next request ejects nobody",
  { edge: "upstream: { ejectAfter: 1 }", script: onceThenReset() },
  async (scene, t) => {
    t.equal((await scene.ask(request("GET /1"))).status, 200);
    t.equal((await scene.ask(request("GET /2"))).status, 503);
    t.match(await scene.line(1), { code: "upstream_reset" });
    t.equal((await scene.ask(request("GET /3"))).status, 200);
  },
);

function onceThenReset() {
  return { onRequest: (r: RecordedRequest): WorkerAction[] => (r.target === "/2" ? [{ end: "reset" }] : path(r)) };
}

const large = "x".repeat(3_000_000);
const hasty = (socket: Socket) => {
  socket
    .pause()
    .write("HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: 6\r\n\r\nenough", () => socket.destroy());
};
const unread = {
  edge: "upstream: { ejectAfter: 1 }",
  script: { onHead: () => [{ take: hasty }], onRequest: () => [] },
};
scenario(
  "a worker that answers early and closes without reading is heard, and not ejected",
  unread,
  async (scene, t) => {
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await scene.ask(requestWithBody("POST /", large), "POST")).status);
    t.ok(statuses.filter((status) => status === 413).length > 5, statuses.join());
    t.notOk((await scene.codes(10)).includes("no_healthy_upstream"));
  },
);

const early = { onHead: () => answer(413, "enough", "keep-alive"), onRequest: () => [] };
scenario(
  "a worker may answer before it read the body; its connection is not used again",
  { script: early },
  async (scene, t) => {
    t.match(await scene.ask(requestWithBody("POST /", large), "POST"), { status: 413, body: "enough" });
    t.match(await scene.ask(requestWithBody("POST /", large), "POST"), { status: 413, body: "enough" });
    t.equal(await scene.metric("connects_total", { result: "reused" }), 0);
  },
);
