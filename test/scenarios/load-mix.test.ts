/** The Odoo mix of the load harness passes an edge with everything on, and arrives at the tenant that it asks for. */
import t from "tap";
import { odooTraffic, readOdooMix } from "../../src/load/odoo-mix.ts";
import { runLoad } from "../../src/load/run.ts";
import { prepare } from "../../src/load/traffic.ts";
import { startTestEdge } from "../support/edge.ts";
import { loadSettings } from "../support/load-settings.ts";
import { startWorker } from "../support/load-targets.ts";
import { trafficCatalog } from "../support/traffic-catalog.ts";

const hosts = ["acme.planapulse.app", "globex.planapulse.app"];

t.test("no request of the mix is refused", async (t) => {
  const workerPort = await startWorker(t, { connections: "close" });
  const edge = await startTestEdge({ catalog: trafficCatalog(workerPort) });
  t.teardown(() => edge.close());
  const settings = loadSettings(edge.port, {
    traffic: { ...odooTraffic(hosts, 0, null), clients: 20 },
    arrivals: "poisson",
    rate: 150,
    seconds: 4,
    warmupSeconds: 0,
    connections: 64,
    externalPort: 443,
    expectWorker: "w",
  });
  const { errors, latency, requests, statuses } = (await runLoad(settings)).targets[0]!.total;
  t.same(Object.values(errors), [0, 0, 0, 0, 0, 0]);
  t.equal(latency.count, requests);
  t.same(
    edge.lines.filter(({ code }) => code !== "").map(({ code, path }) => [code, path]),
    [],
    "no answer was the edge's",
  );
  t.same(edge.faults, []);
  const clients = [...new Set(edge.lines.map(({ client }) => client as string))].sort();
  t.ok(clients.length > 10 && clients.length <= 20, "the clients that were wanted");
  t.ok(
    clients.every((client) => client.startsWith("10.0.0.")),
    "as X-Forwarded-For says",
  );
  t.ok(
    statuses["101"]! > 0 && statuses["200"]! > 0 && statuses["304"]! > 0,
    "sockets, pages and what browsers have already",
  );
});

t.test("every request of the mix passes, the rarest too", async (t) => {
  const workerPort = await startWorker(t);
  const edge = await startTestEdge({ catalog: trafficCatalog(workerPort) });
  t.teardown(() => edge.close());
  const traffic = odooTraffic(hosts.slice(0, 1), 0, null);
  const templates = [...traffic.requests.entries()];
  // One run for each status that is expected, so that one answer cannot stand for another.
  const byStatus = Map.groupBy(templates, ([, { expect }]) => expect[0]!);
  for (const [status, group] of byStatus) {
    const requests = group.map(([, template]) => ({ ...template, weight: 1 }));
    const before = edge.lines.length;
    for (const request of requests) {
      const { text } = prepare(request, hosts[0]!, 443);
      t.notMatch(text, /[\x01\x02]/, "no mark is left");
    }
    const rate = 100;
    const seconds = Math.max(0.5, (requests.length * 4) / rate);
    const only = loadSettings(edge.port, {
      traffic: { ...traffic, requests },
      rate,
      seconds,
      externalPort: 443,
      warmupSeconds: 0,
      connections: 64,
    });
    const { errors } = (await runLoad(only)).targets[0]!.total;
    t.same(Object.values(errors), [0, 0, 0, 0, 0, 0], `status ${status}`);
    const refused = edge.lines.slice(before).filter(({ code }) => code !== "");
    t.same(
      refused.map(({ code, path }) => [code, path]),
      [],
      `status ${status}: none is refused`,
    );
  }
});

t.test("the mix is what was recorded", async (t) => {
  const { requests } = readOdooMix();
  const sum = (of: (request: (typeof requests)[number]) => number) =>
    requests.reduce((total, one) => total + of(one), 0);
  const total = sum(({ weight }) => weight);
  const share = (name: string) => sum((one) => (one.class === name ? one.weight : 0)) / total;
  // Shares of the recording's description, of browsers without developer mode.
  const recorded = { static: 0.321, page: 0.116, rpc: 0.262, binary: 0.226, data: 0.061, websocket: 0.014 };
  for (const [name, wanted] of Object.entries(recorded)) {
    t.ok(Math.abs(share(name) - wanted) < 0.005, `${name} has its share: ${share(name).toFixed(3)} of ${wanted}`);
  }
  t.ok(
    requests.some((one) => one.method === "POST" && (one.fill ?? []).some(({ length }) => length > 100_000)),
    "large uploads are among them",
  );
  t.ok(
    requests.some(({ answerBytes }) => answerBytes > 1_000_000),
    "and whole bundles",
  );
});
