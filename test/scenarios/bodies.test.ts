/** Request bodies: buffered whole in memory or a file, re-framed, bounded in size, time and room. */
import { randomBytes } from "node:crypto";
import { request, requestWithBody, until } from "../support/live-client.ts";
import { scenario } from "../support/scene.ts";

const MEMORY = 128 * 1024;
const small = {
  edge: "bodies: { memoryMax: 128Ki, memoryBudget: 1Mi, diskBudget: 8Mi }",
  tier: "body: { max: 6Mi }",
};

const sizes: readonly (readonly [rule: string, bytes: number, spills: number])[] = [
  ["at the memory limit stays in memory", MEMORY, 0],
  ["with one byte more goes to a file", MEMORY + 1, 1],
  ["of 5 MB passes through a file", 5_000_000, 1],
];
for (const [rule, bytes, spills] of sizes) {
  for (const framing of ["length", "chunks"] as const) {
    scenario(`a body ${rule}, by ${framing}`, small, async (scene, t) => {
      const body = randomBytes(bytes).toString("latin1");
      const half = body.length >> 1;
      const chunks = [body.slice(0, half), body.slice(half)].map((c) => `${c.length.toString(16)}\r\n${c}\r\n`);
      const chunked = request("POST /", ["Transfer-Encoding: chunked"], `${chunks.join("")}0\r\nX-Trailer: 1\r\n\r\n`);
      const { status } = await scene.ask(framing === "length" ? requestWithBody("POST /", body) : chunked, "POST");
      t.equal(status, 200);
      const [arrived] = scene.arrived;
      t.ok(arrived!.body === body, "byte for byte");
      t.strictSame(
        arrived!.fields.filter(([name]) => /content-length|transfer|trailer/i.test(name)),
        [["Content-Length", `${bytes}`]],
      );
      t.match(await scene.line(0), { bytes_in: bytes, code: "" });
      t.equal(await scene.metric("body_spills_total"), spills);
    });
  }
}

const refused: readonly (readonly [
  rule: string,
  fields: readonly string[],
  body: string,
  status: number,
  code: string,
])[] = [
  ["over the tier's limit by its length", ["Content-Length: 6291457"], "", 413, "body_too_large"],
  ["over it in chunks", ["Transfer-Encoding: chunked"], `600001\r\n${"x".repeat(6291457)}\r\n`, 413, "body_too_large"],
  ["with a malformed chunk", ["Transfer-Encoding: chunked"], "3\r\nabcd\r\n", 400, "malformed_body"],
  ["with a chunk size that is none", ["Transfer-Encoding: chunked"], "0x3\r\nabc\r\n", 400, "malformed_body"],
  ["that stalls", ["Content-Length: 9"], "12345678", 408, "body_timeout"],
  ["that stalls in chunks", ["Transfer-Encoding: chunked"], "3\r\nab", 408, "body_timeout"],
  ["in gzip", ["Content-Length: 1", "Content-Encoding: gzip"], "x", 415, "content_encoding_unsupported"],
  ["in an empty coding", ["Content-Length: 1", "Content-Encoding:"], "x", 415, "content_encoding_unsupported"],
];
for (const [rule, fields, body, status, code] of refused) {
  const tier = code === "body_timeout" ? `${small.tier}, timeouts: { body: 300ms }` : small.tier;
  scenario(`a body ${rule} is refused`, { ...small, tier }, async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(request("POST /", fields, body)).responses(1);
    t.match(response, { status, closes: true, faults: [] });
    t.equal(await client.end(), "closed");
    t.match(await scene.line(0), { status, code, endpoint: "" });
    t.equal(await scene.metric("requests_total", { code }), 1);
    t.strictSame(scene.arrived, []);
  });
}

const cramped: readonly (readonly [rule: string, bodies: string, bytes: number])[] = [
  ["memory is used up", "memoryMax: 1Mi, memoryBudget: 64Ki", 200_000],
  ["the disk budget is used up", "memoryMax: 1Ki, diskBudget: 100Ki", 2_000_000],
  ["the temporary folder is gone", "memoryMax: 1Ki, directory: /nonexistent/folder", 2_000_000],
  ["the temporary folder takes no file", "memoryMax: 1Ki, directory: /proc", 2_000_000],
];
for (const [rule, bodies, bytes] of cramped) {
  scenario(`503 when ${rule}, and the edge goes on`, { edge: `bodies: { ${bodies} }` }, async (scene, t) => {
    const client = await scene.client();
    const [response] = await client.send(requestWithBody("POST /", "x".repeat(bytes))).responses(1);
    t.match(response, { status: 503, closes: true, faults: [] });
    t.match(await scene.line(0), { status: 503, code: "body_storage", endpoint: "" });
    await until("the body's memory is free", async () => (await scene.metric("body_memory_bytes")) === 0);
    t.equal((await scene.ask(requestWithBody("POST /", "small"))).status, 200);
  });
}

scenario("100 Continue comes from the edge, and only where the body waits for it", small, async (scene, t) => {
  const waits = await scene.client();
  waits.send(request("POST /", ["Expect: 100-continue", "Content-Length: 4"]));
  await waits.has("HTTP/1.1 100 Continue\r\n\r\n");
  t.strictSame(scene.arrived, [], "the worker is not asked yet");
  t.equal((await waits.send("body").responses(1))[0]!.status, 200);
  const sends = await scene.client();
  await sends.send(request("POST /", ["Expect: 100-continue", "Content-Length: 4"], "body")).responses(1);
  t.notMatch(sends.text, / 100 /, "not for a body that is here");
  const large = await scene.client();
  await large.send(request("POST /", ["Expect: 100-continue", "Content-Length: 99999999"])).responses(1);
  t.notMatch(large.text, / 100 /, "not for a refused one");
  t.strictSame(
    scene.arrived.map(({ fields }) => fields.some(([name]) => name === "Expect")),
    [false, false],
  );
});
