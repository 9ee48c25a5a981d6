/** Many requests on one connection: answered in order, each with its own body, and none behind a doubtful one. */
import { request, requestWithBody } from "../support/live-client.ts";
import { answer, type WorkerScript } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const paths = Array.from({ length: 50 }, (_, i) => `/${i}`);

scenario("50 pipelined requests are answered in order", {}, async (scene, t) => {
  const client = await scene.client();
  client.send(paths.map((path) => request(`GET ${path}`)).join(""));
  const bodies = (await client.responses(50)).map(({ body }) => body);
  t.strictSame(
    bodies,
    paths.map((path) => `GET ${path}`),
  );
  t.equal(await scene.metric("connections_accepted_total"), 1);
});

scenario("the same one byte at a time, behind bodies, and followed by FIN", {}, async (scene, t) => {
  const client = await scene.client();
  const chunked = request("POST /chunked", ["Transfer-Encoding: chunked"], "3\r\nabc\r\n0\r\n\r\n");
  const all = requestWithBody("POST /length", "GET /smuggled HTTP/1.1\r\n\r\n") + chunked + request("GET /last");
  for (const byte of all) client.send(byte);
  client.finish();
  const bodies = (await client.responses(3)).map(({ body }) => body);
  t.strictSame(bodies, ["POST /length", "POST /chunked", "GET /last"]);
  t.equal(await client.end(), "closed", "the FIN is answered after the last answer");
  t.strictSame(
    scene.arrived.map(({ body }) => body),
    ["GET /smuggled HTTP/1.1\r\n\r\n", "abc", ""],
  );
});

scenario("a client that takes its answers late, behind a FIN, still gets all", { script: big() }, async (scene, t) => {
  const client = await scene.client();
  client.socket.pause();
  client.send(paths.map((path) => request(`GET ${path}`)).join("")).finish();
  await scene.line(0);
  client.socket.resume();
  t.equal(await client.end(), "closed");
  const bodies = (await client.responses(50)).map(({ body }) => body.length);
  t.strictSame(
    bodies,
    paths.map(() => 200_000),
  );
});

function big(): WorkerScript {
  const body = Buffer.alloc(200_000, 0x61);
  return { onRequest: () => answer(200, body, "close") };
}

const refusals: readonly (readonly [rule: string, bytes: string, status: number])[] = [
  ["malformed", "GET / HTTP/1.1\r\nHost : acme.example\r\n\r\n", 400],
  ["with a refused body", request("POST /", ["Content-Length: 9", "Content-Encoding: gzip"], "123456789"), 415],
  ["that asks to close", request("GET /x", ["Connection: close"]), 200],
];
for (const [rule, bytes, status] of refusals) {
  scenario(`nothing is answered behind a request ${rule}`, {}, async (scene, t) => {
    const client = await scene.client();
    client.send(request("GET /before") + bytes + request("GET /behind"));
    const statuses = (await client.responses(2)).map((response) => response.status);
    t.strictSame(statuses, [200, status]);
    t.equal(await client.end(), "closed");
    t.notOk(scene.arrived.some(({ target }) => target === "/behind"));
    t.equal((await scene.codes(2)).length, 2);
  });
}

scenario("an answer of the edge's own leaves the connection open", {}, async (scene, t) => {
  const client = await scene.client();
  client.send(request("GET /", ["Host: nobody.example"]) + request("GET /web/database/manager") + request("GET /next"));
  const statuses = (await client.responses(3)).map(({ status, closes }) => [status, closes]);
  t.strictSame(statuses, [
    [404, false],
    [403, false],
    [200, false],
  ]);
  t.strictSame(await scene.codes(3), ["unknown_host", "door_closed", ""]);
});
