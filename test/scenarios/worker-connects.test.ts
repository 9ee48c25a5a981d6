/** Connecting to workers: another endpoint is asked only while nothing was sent, and only the network ejects one. */
import t from "tap";
import { startDeafPort } from "../support/deaf-port.ts";
import { request, requestWithBody } from "../support/live-client.ts";
import { scenario } from "../support/scene.ts";

const deaf = await startDeafPort();
t.teardown(() => deaf.close());
const refusing = 1;
const quick = "connectTimeout: 200ms, ejectBase: 1h, ejectMax: 1h";
const ports = (...http: number[]) => http.map((port) => [port, port] as const);

const failures: readonly (readonly [rule: string, port: number, reason: string])[] = [
  ["refuses", refusing, "refused"],
  ["never completes the connection", deaf.port, "connect_timeout"],
];
for (const [rule, port, reason] of failures) {
  const alone = { edge: `upstream: { ${quick}, ejectAfter: 2 }`, endpoints: () => ports(port) };
  scenario(`one endpoint, which ${rule}: 503, and it is ejected after some`, alone, async (scene, t) => {
    for (let i = 0; i < 3; i++) t.equal((await scene.ask(request("GET /"))).status, 503);
    // The edge's own check may have been the first to fail.
    t.match(
      (await scene.codes(3)).join(),
      /^connect_failure,(connect_failure|no_healthy_upstream),no_healthy_upstream$/,
    );
    t.match(await scene.line(0), { detail: `worker: ${reason}`, flag: "UF" });
    t.ok((await scene.metric("connects_total", { result: reason })) >= 1);
    t.equal(await scene.metric("connects_total", { result: "opened" }), 0);
    t.equal(await scene.metric("endpoints", { state: "ejected" }), 1);
  });

  const two = { edge: `upstream: { ${quick}, ejectAfter: 1 }`, endpoints: (live: number) => ports(port, live) };
  scenario(`two endpoints, of which one ${rule}: the other serves all`, two, async (scene, t) => {
    for (let i = 0; i < 12; i++) t.equal((await scene.ask(requestWithBody("POST /", "body"), "POST")).status, 200);
    t.equal(scene.arrived.length, 12, "each once");
    t.ok((await scene.metric("retries_total")) <= 1, "no more than one found out");
  });
}

scenario(
  "no status and no silence ejects",
  {
    edge: `upstream: { ${quick}, ejectAfter: 1 }`,
    tier: "timeouts: { request: 100ms }",
    script: { onRequest: () => [] },
  },
  async (scene, t) => {
    for (let i = 0; i < 3; i++) t.equal((await scene.ask(request("GET /"))).status, 504);
    t.equal(await scene.metric("endpoints", { state: "healthy" }), 1);
  },
);
