/** Clients that take their time: each phase has its limit, and none holds a worker or unbounded memory. */
import { request, until } from "../support/live-client.ts";
import { scenario } from "../support/scene.ts";

const quick = { edge: "http: { headTimeout: 500ms, idleTimeout: 500ms }" };

scenario("one that sends nothing is closed", quick, async (scene, t) => {
  const client = await scene.client();
  t.equal(await client.end(), "closed");
  t.equal(client.text, "");
  t.equal(await scene.metric("client_timeouts_total"), 1);
  t.strictSame(scene.edge.lines, [], "there was no request");
});

scenario("one that sends a byte now and then is answered 408", quick, async (scene, t) => {
  const client = await scene.client();
  let sent = 0;
  await until("the answer", () => {
    client.send(
      "GET / HTTP/1.1\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".charAt(sent++) || "z",
    );
    return client.bytes > 0;
  });
  t.match((await client.responses(1))[0], { status: 408, closes: true, faults: [] });
  t.equal(await client.end(), "closed");
  t.match(await scene.line(0), { status: 408, code: "head_timeout", tenant: "" });
  t.equal(await scene.metric("client_timeouts_total", { phase: "head" }), 1);
});

scenario("one that falls silent between requests is closed", quick, async (scene, t) => {
  const client = await scene.client();
  await client.send(request("GET /")).responses(1);
  t.equal(await client.end(), "closed");
  t.equal(await scene.metric("client_timeouts_total", { phase: "idle" }), 1);
});

scenario("half a head and FIN is closed without a word", quick, async (scene, t) => {
  const client = await scene.client();
  t.equal(await client.send("GET / HTTP/1.1\r\nHo").finish().end(), "closed");
  t.equal(client.text, "");
});

const strangers: readonly (readonly [rule: string, bytes: string, status: number])[] = [
  ["a TLS ClientHello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", 426],
  ["HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 426],
];
for (const [rule, bytes, status] of strangers) {
  scenario(`${rule} is answered at once`, {}, async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(bytes).responses(1);
    t.match(response, { status, faults: [] });
    t.equal(await client.end(), "closed");
    t.match(await scene.line(0), { status, tenant: "" });
  });
}

let skippedMs = 0;
const clock = { nowMs: () => performance.now() + skippedMs, epochMs: () => Date.now() };
const sweep = () => new Promise((resolve) => setTimeout(resolve, 150)); // the timer of the edge itself: nothing says when it ran
scenario("one that goes on sending behind a refusal can still read it, for a while", { clock }, async (scene, t) => {
  const client = await scene.client();
  await client.send(request("POST /", ["Content-Length: 999999999999"])).responses(1);
  for (let i = 0; i < 4; i++) {
    client.send("more");
    await sweep();
    skippedMs += 1_500;
    await sweep();
  }
  t.equal(await scene.metric("connections_open"), 1);
  t.match(await client.responses(1), [{ status: 413 }]);
  skippedMs += 2_000;
  await until("it is over", async () => (await scene.metric("connections_open")) === 0);
});
