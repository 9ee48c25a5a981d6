/** What a new plan says of listeners and of who connects to them. */
import { LiveClient, request } from "../support/live-client.ts";
import { type Scene, type SceneCatalog, scenario, sceneCatalog } from "../support/scene.ts";

const reload = (scene: Scene, catalog: SceneCatalog) => scene.edge.reload(sceneCatalog(catalog, scene.worker.port));

const listening = (...names: string[]) =>
  names.map((name) => `{ name: ${name}, address: 127.0.0.1, port: 0, externalPort: 80 }`).join(", ");
scenario("listeners open and close; connections stay", { listeners: listening("one") }, async (scene, t) => {
  const client = await scene.client();
  const [first] = scene.edge.edge.addresses;
  await reload(scene, { listeners: listening("one", "two") });
  const [same, second] = scene.edge.edge.addresses;
  t.strictSame(same, first);
  await reload(scene, { listeners: listening("two") });
  await t.rejects(LiveClient.open(first!.port), { code: "ECONNREFUSED" });
  const late = await LiveClient.open(second!.port);
  t.equal((await late.send(request("GET /")).responses(1))[0]!.status, 200);
  late.socket.destroy();
  t.equal((await client.send(request("GET /")).responses(1))[0]!.status, 200);
  t.match((await scene.codes(2)).length, 2);
  t.strictSame(
    scene.edge.lines.map(({ listener }) => listener),
    ["two", "one"],
  );
});

scenario("an external port changes under an open socket", {}, async (scene, t) => {
  const port = scene.edge.port;
  await reload(scene, { listeners: "{ name: http, address: 127.0.0.1, port: 0, externalPort: 8080 }" });
  t.equal(scene.edge.edge.addresses[0]!.port, port);
  await scene.ask(request("GET /"));
  t.equal(new Map(scene.arrived[0]!.fields).get("Host"), "acme.example:8080");
});

scenario("a port that is taken leaves the old plan in service", {}, async (scene, t) => {
  const taken = `{ name: x, address: 127.0.0.1, port: ${scene.worker.port} }`;
  await t.rejects(
    reload(scene, { endpoints: () => [[1, 1]], listeners: taken, tenant: "pool: odoo, state: Suspended" }),
    { code: "EADDRINUSE" },
  );
  t.equal((await scene.ask(request("GET /"))).status, 200);
});

scenario(
  "a proxy that is no longer trusted is not believed on its open connections",
  { edge: "trustedProxies: [ 127.0.0.1/32 ]" },
  async (scene, t) => {
    const client = await scene.client();
    const claim = request("GET /", ["X-Forwarded-For: 203.0.113.9"]);
    await client.send(claim).responses(1);
    await reload(scene, {});
    await client.send(claim).responses(2);
    t.match([await scene.line(0), await scene.line(1)], [{ client: "203.0.113.9" }, { client: "127.0.0.1" }]);
  },
);
