/** Proves the harness: manifests go through Envoy Gateway's translator into an Envoy that serves as they say. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import t from "tap";
import { freePort } from "../support/nginx.ts";
import { answer, startRecordingWorker } from "../support/recording-worker.ts";
import { startEnvoy, validateEnvoy } from "./support/envoy.ts";
import { appRule, denyRule, envoyGatewayDocument, httpRoute, sampleGateway } from "./support/sample-manifests.ts";
import { translate } from "./support/translate.ts";

const address = "127.0.0.21";
const routes = [httpRoute("acme", [denyRule, appRule]), httpRoute("globex", [appRule])];

async function ask(port: number, host: string, path: string): Promise<string> {
  const sent = request({ host: "127.0.0.1", port, path, headers: { host, connection: "close" } }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return `${response.statusCode} ${await text(response)}`;
}

t.test("an Envoy serves what the manifests say", async (t) => {
  const worker = await startRecordingWorker({ onRequest: () => answer(200, "from the worker", "keep-alive") });
  t.teardown(() => worker.close());
  const declared: string[] = [];
  const gateway = await translate([...sampleGateway, ...routes], t.testdir(), ({ namespace, name, ports }) => {
    declared.push(`${namespace}/${name}:${ports}`);
    return address;
  });
  t.strictSame(declared, ["odoo-18/worker-odoo:8069"], "a Service stands for each backend");
  const [port, adminPort] = [await freePort(), await freePort()];
  const bootstrap = gateway.bootstrap({
    port,
    adminPort,
    endpointAt: (at) => ({ address: "127.0.0.1", port: at.address === address && at.port === 8069 ? worker.port : 1 }),
  });
  await validateEnvoy(bootstrap);
  const envoy = await startEnvoy(bootstrap);
  t.teardown(() => envoy.close());
  t.equal(await ask(port, "acme.example.com", "/web"), "200 from the worker", "forwards");
  t.equal(await ask(port, "globex.example.com", "/web/database"), "200 from the worker", "a route is a tenant's own");
  t.equal(await ask(port, "acme.example.com", "/web/database/manager"), "403 blocked by the edge", "answers by itself");
  t.equal(await ask(port, "other.example.com", "/"), "404 ", "knows no other host");
  t.strictSame(
    worker.connections.flatMap(({ requests }) => requests.map(({ target }) => target)),
    ["/web", "/web/database"],
    "only what is forwarded reaches the worker",
  );
  t.ok(envoy.cpuSeconds() > 0, "counts its processor time");
  t.equal(await ask(adminPort, "localhost", "/ready"), "200 LIVE\n", "has an admin interface where it is asked for");
});

t.test("what is not accepted is named", async (t) => {
  const orphan = envoyGatewayDocument("BackendTrafficPolicy", "orphan", {
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: "nobody" }],
    timeout: { tcp: { connectTimeout: "5s" } },
  });
  const half = envoyGatewayDocument("BackendTrafficPolicy", "half", {
    targetRefs: ["acme", "nobody"].map((name) => ({ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name })),
    timeout: { tcp: { connectTimeout: "5s" } },
  });
  await t.rejects(
    translate([...sampleGateway, ...routes, half], t.testdir(), () => address),
    {
      message: /BackendTrafficPolicy edge\/half: its target HTTPRoute edge\/nobody does not exist/,
    },
  );
  const ungranted = sampleGateway.filter(({ kind }) => kind !== "ReferenceGrant");
  await t.rejects(
    translate([...sampleGateway, ...routes, orphan], t.testdir(), () => address),
    {
      message: /BackendTrafficPolicy edge\/orphan: /,
    },
  );
  await t.rejects(
    translate([...ungranted, ...routes], t.testdir(), () => address),
    {
      message: /HTTPRoute edge\/acme: ResolvedRefs=False RefNotPermitted/,
    },
  );
});

t.test("a policy that another one switches off is named", async (t) => {
  const timeout = { timeout: { tcp: { connectTimeout: "5s" } } };
  const group = "gateway.networking.k8s.io";
  const policies = [
    { ...timeout, targetRefs: [{ group, kind: "Gateway", name: "edge" }] },
    { ...timeout, targetRefs: [{ group, kind: "HTTPRoute", name: "acme" }] },
  ].map((spec, i) => envoyGatewayDocument("BackendTrafficPolicy", `policy-${i}`, spec));
  const { overridden } = await translate([...sampleGateway, ...routes, ...policies], t.testdir(), () => address);
  t.match(overridden, [/^BackendTrafficPolicy edge\/policy-0: Overridden=True .*\[edge\/acme\]/]);
  t.equal(overridden.length, 1);
});

t.test("what Envoy refuses is an error with its words", async (t) => {
  const gateway = await translate([...sampleGateway, ...routes], t.testdir(), () => address);
  const whole = gateway.bootstrap({ port: await freePort() });
  const broken = { ...whole, staticResources: { ...whole.staticResources, clusters: [] } };
  await t.rejects(validateEnvoy(broken), { message: /envoy refuses the configuration: .*unknown cluster/s });
  await t.rejects(startEnvoy(broken), { message: /envoy ended by itself \(status 1\): .*unknown cluster/s });
});

t.test("an Envoy that dies is an error when it is closed", async (t) => {
  const gateway = await translate([...sampleGateway, ...routes], t.testdir(), () => address);
  const envoy = await startEnvoy(gateway.bootstrap({ port: await freePort() }));
  process.kill(envoy.pid, "SIGKILL");
  await t.rejects(envoy.close(), { message: /envoy ended by itself \(SIGKILL\)/ });
});
