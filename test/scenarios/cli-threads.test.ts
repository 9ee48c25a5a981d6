/** `serve --threads` as a user runs it: one process, its files, its pages and its end. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { CliProcess, cliCatalog, runCli, temporaryFolder } from "../support/cli.ts";
import { get, startSlowWorker } from "../support/slow-worker.ts";

const folder = temporaryFolder(t);

for (const value of ["0", "65", "two", "-1", "1.5"]) {
  t.test(`--threads ${value} is a usage error`, async (t) => {
    const { code, stderr } = await runCli(["serve", "-c", folder, `--threads=${value}`]);
    t.equal(code, 2);
    t.match(stderr, /from 1 to 64, or auto/);
  });
}

const REQUESTS = 60;

t.test("threads by the environment: one log, one page of metrics, one clean end", async (t) => {
  const worker = await startSlowWorker();
  t.teardown(() => worker.close());
  const [catalog, log, audit] = ["catalog.yaml", "access.log", "audit.log"].map((name) => join(folder, name));
  writeFileSync(catalog!, cliCatalog({ workerPort: worker.port }));
  const edge = new CliProcess(["serve", "-c", catalog!, "--access-log", log!, "--audit-log", audit!], {
    env: { HOSTWARD_THREADS: "2" },
  });
  t.teardown(() => edge.kill());
  const [http, telemetry, admin] = [await edge.port("http"), await edge.port("telemetry"), await edge.port("admin")];
  await edge.event("plan_applied");
  t.match(edge.events("started"), [{ threads: 2 }]);
  const answers = await Promise.all(Array.from({ length: REQUESTS }, () => get(http, "/")));
  t.ok(answers.every(({ status }) => status === 200));
  const refused = await Promise.all(Array.from({ length: REQUESTS }, () => get(http, "/web/database/manager")));
  t.ok(refused.every(({ status }) => status === 403));

  const metrics = (await get(telemetry, "/metrics")).body;
  t.match(metrics, `hostward_requests_total{pool="odoo-18",rule="app",code="relayed"} ${REQUESTS}\n`);
  t.match(metrics, "hostward_threads 2\n");
  t.match(JSON.parse((await get(admin, "/tenants/acme", "localhost")).body), { counters: { requests: 2 * REQUESTS } });
  t.match(JSON.parse((await get(admin, "/endpoints", "localhost")).body), [
    { state: "healthy", inFlight: 0, slots: 4 },
  ]);

  writeFileSync(catalog!, cliCatalog({ workerPort: worker.port, tenants: ["acme", "fresh"] }));
  edge.child.kill("SIGHUP");
  await edge.event("plan_applied", 2);
  edge.child.kill("SIGTERM");
  t.equal((await edge.ended).code, 0);
  t.match(edge.events("drain_finished"), [{ clean: true }]);

  const lines = readFileSync(log!, "utf8").trimEnd().split("\n");
  t.equal(lines.length, 2 * REQUESTS);
  t.equal(new Set(lines.map((line) => JSON.parse(line).request_id)).size, 2 * REQUESTS, "each line is whole");
  const audited = readFileSync(audit!, "utf8").trimEnd().split("\n");
  const told = audited.map((line) => JSON.parse(line) as { suppressed?: number });
  t.equal(
    told.reduce((sum, { suppressed = 1 }) => sum + suppressed, 0),
    REQUESTS,
    "every refusal is told or counted",
  );
});

t.test("a port that is in use fails the start, as with one thread", async (t) => {
  const catalog = join(folder, "taken.yaml");
  writeFileSync(catalog, cliCatalog({}));
  const first = new CliProcess(["serve", "-c", catalog, "--threads", "2", "--access-log", "off"]);
  t.teardown(() => first.kill());
  const port = await first.port("http");
  writeFileSync(catalog, cliCatalog({ port }));
  const { code, stderr } = await runCli(["serve", "-c", catalog, "--threads", "2", "--access-log", "off"]);
  t.equal(code, 1);
  t.match(stderr, `cannot listen on 127.0.0.1:${port} for listener`);
});
