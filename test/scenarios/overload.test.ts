/** An edge that runs short itself: the cheapest is shed first, telemetry goes on, and it ends when the load does. */
import { connect } from "node:net";
import { startTelemetry } from "../../src/admin/telemetry.ts";
import type { OverloadStage } from "../../src/policy/limits/overload.ts";
import type { LoadSensors } from "../../src/router/load-sensors.ts";
import { holdingWorker } from "../support/held-worker.ts";
import { request, requestWithBody, until } from "../support/live-client.ts";
import { type Scene, scenario } from "../support/scene.ts";

/** Loads that a test sets, and time that it skips: a stage lasts two seconds at least. */
function world() {
  const loads = { event_loop: 0, memory: 0, disk: 0, descriptors: 0 };
  let skippedMs = 0;
  const sensors: LoadSensors = {
    event_loop: () => loads.event_loop,
    memory: () => loads.memory,
    disk: () => loads.disk,
    descriptors: () => loads.descriptors,
  };
  const clock = { nowMs: () => performance.now() + skippedMs, epochMs: () => Date.now() };
  const reach = async (scene: Scene, load: Partial<typeof loads>, stage: OverloadStage) => {
    const known = scene.edge.overloads.length;
    Object.assign(loads, load);
    skippedMs += 3_000;
    await until(`stage ${stage}`, () => scene.edge.overloads.length > known);
    return scene.edge.overloads.at(-1)!.stage === stage;
  };
  return { sensors, clock, reach };
}

const from = (address: string) => `X-Forwarded-For: ${address}`;
const json = "Content-Type: application/json";
const call = '{"jsonrpc":"2.0","method":"call","params":{"service":"common","method":"version","args":[]}}';
const asked: readonly (readonly [who: string, bytes: string, statuses: readonly number[]])[] = [
  ["a visitor", request("GET /shop", [from("203.0.113.1")]), [200, 503, 503, 503]],
  ["an image", request("GET /web/image/7", [from("203.0.113.1")]), [200, 200, 503, 503]],
  ["a call", requestWithBody("POST /jsonrpc", call, [from("203.0.113.1"), json]), [200, 200, 503, 503]],
  ["a user", request("GET /odoo", [from("203.0.113.1"), "Cookie: session_id=abc"]), [200, 200, 200, 503]],
  ["a worker that calls back", request("GET /web/assets/1/a.css", [from("10.0.0.7")]), [200, 200, 200, 200]],
  ["a closed door", request("GET /web/database/manager", [from("203.0.113.1")]), [403, 403, 403, 403]],
];
const ladder: readonly (readonly [stage: OverloadStage, load: number])[] = [
  ["connections", 0.81],
  ["anonymous", 0.86],
  ["sessionless", 0.91],
  ["requests", 0.96],
];
const climbing = world();
scenario(
  "stage by stage what is cheapest to lose, behind a proxy request by request",
  { ...climbing, edge: "trustedProxies: [ 127.0.0.1/32 ], internalClients: [ 10.0.0.0/8 ]" },
  async (scene, t) => {
    for (const [i, [stage, load]] of ladder.entries()) {
      t.ok(await climbing.reach(scene, { memory: load }, stage), stage);
      for (const [who, bytes, statuses] of asked)
        t.equal((await scene.ask(bytes)).status, statuses[i], `${stage}: ${who}`);
    }
    const refused = await scene.ask(asked[0]![1]);
    t.match(refused, { status: 503, body: "the edge is overloaded", closes: false });
    t.equal(refused.fields.find(([name]) => name === "Retry-After")?.[1], "5");
    t.match(scene.edge.lines.at(-1), { code: "overloaded", flag: "UO", tenant: "acme", endpoint: "" });
    t.ok(await climbing.reach(scene, { memory: 0.5 }, "none"), "and it ends");
    t.equal((await scene.ask(asked[0]![1])).status, 200);
    const stages = scene.edge.overloads.map(({ resource, before, stage }) => `${resource} ${before} ${stage}`);
    t.strictSame(stages, [
      "memory none connections",
      "memory connections anonymous",
      "memory anonymous sessionless",
      "memory sessionless requests",
      "memory requests none",
    ]);
    t.equal(await scene.metric("overload_shed_total"), 1 + 3 + 4 + 1);
    t.equal(await scene.metric("overload_shed_total", { stage: "requests" }), 1);
  },
);

const late = world();
const held = holdingWorker();
scenario(
  "new connections first: who is connected goes on, and telemetry answers",
  { ...late, script: held.script },
  async (scene, t) => {
    const telemetry = await startTelemetry(
      { address: "127.0.0.1", port: 0 },
      { ready: () => true, registry: scene.edge.metrics.registry },
    );
    t.teardown(() => telemetry.close());
    const [inFlight, connected] = [await scene.client(), await scene.client()];
    inFlight.send(request("GET /in-flight"));
    await until("it is in flight", () => scene.arrived.length === 1);
    t.ok(await late.reach(scene, { event_loop: 0.9 }, "sessionless"));
    const refused = connect(scene.edge.port, "127.0.0.1").on("error", () => {});
    await new Promise((resolve) => refused.once("close", resolve));
    t.equal(refused.bytesRead, 0);
    const scraped = await (await fetch(`http://127.0.0.1:${telemetry.port}/metrics`)).text();
    t.match(scraped, /hostward_overload_stage\{resource="event_loop"\} 3/);
    t.match(scraped, /hostward_connections_refused_total\{reason="overload"\} 1/);
    t.equal((await fetch(`http://127.0.0.1:${telemetry.port}/ready`)).status, 200);
    connected.send(request("GET /connected", ["Cookie: session_id=abc"]));
    await until("it arrived", () => scene.arrived.length === 2);
    await held.free();
    await held.free();
    t.match(await inFlight.responses(1), [{ status: 200, body: "/in-flight", closes: false }]);
    t.match(await connected.responses(1), [{ status: 200, body: "/connected", closes: false }]);
    inFlight.send(request("GET /visitor"));
    t.match((await inFlight.responses(2))[1], { status: 503, closes: true }, "a client that is refused is let go");
    t.equal(await inFlight.end(), "closed");
    t.ok(await late.reach(scene, { event_loop: 0 }, "none"));
    const again = scene.ask(request("GET /again"));
    await held.free();
    t.equal((await again).status, 200);
  },
);

const full = world();
scenario("a full disk is the matter of those who bring a body", full, async (scene, t) => {
  t.ok(await full.reach(scene, { disk: 0.92 }, "sessionless"));
  t.equal((await scene.ask(request("GET /shop"))).status, 200);
  t.equal((await scene.ask(requestWithBody("POST /shop", "x=1"))).status, 503);
  t.equal((await scene.ask(requestWithBody("POST /shop", "x=1", ["Cookie: session_id=abc"]))).status, 200);
});

const crowded = world();
scenario("no want of descriptors refuses a user", { ...crowded }, async (scene, t) => {
  const connected = await scene.client();
  await connected.send(request("GET /", ["Cookie: session_id=abc"])).responses(1);
  t.ok(await crowded.reach(scene, { descriptors: 1 }, "requests"));
  connected.send(request("GET /", ["Cookie: session_id=abc"]));
  t.match((await connected.responses(2))[1], { status: 200 });
});
