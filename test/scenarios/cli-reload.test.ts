import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { CliProcess, cliCatalog, temporaryFolder } from "../support/cli.ts";
import { get, startSlowWorker } from "../support/slow-worker.ts";

const worker = await startSlowWorker();
t.teardown(() => worker.close());
const workerPort = worker.port;

async function metric(edge: CliProcess, name: string): Promise<string> {
  const { body } = await get(await edge.port("telemetry"), "/metrics");
  return body
    .split("\n")
    .filter((line) => line.startsWith(name))
    .join("\n");
}

t.test("SIGHUP reads the catalog again, and only a good one changes anything", async (t) => {
  const folder = temporaryFolder(t);
  const catalog = join(folder, "catalog.yaml");
  const accessLog = join(folder, "access.log");
  writeFileSync(catalog, cliCatalog({ workerPort }));
  const edge = new CliProcess(["serve", "-c", catalog, "--no-watch", "--access-log", accessLog]);
  t.teardown(() => edge.kill());
  const http = await edge.port("http");
  await edge.event("plan_applied");
  const reload = (text: string): void => {
    writeFileSync(catalog, text);
    edge.child.kill("SIGHUP");
  };

  t.same(await get(http, "/"), { status: 200, body: "worker" }, "the first plan serves");
  t.equal((await get(http, "/", "globex.example")).status, 404);
  t.match(JSON.parse((await get(await edge.port("admin"), "/tenants/acme", "localhost")).body).counters, {
    requests: 1,
  });

  renameSync(accessLog, `${accessLog}.1`);
  reload(cliCatalog({ workerPort, tenants: ["acme", "globex"] }));
  t.match(await edge.event("plan_applied", 2), { tenants: 2, pools: 1 });
  t.equal((await get(http, "/", "globex.example")).status, 200, "a new tenant is served");
  await edge.until(() => readFileSync(accessLog, "utf8").includes("globex.example"), "line in the new log file");

  reload(cliCatalog({ workerPort, tenants: ["acme", "globex"] }));
  await edge.event("plan_unchanged");

  reload(cliCatalog({ workerPort }).replace("pool: odoo-18", "pool: odoo-81").replace("rpc: bound", "rpc: open"));
  t.match(await edge.event("plan_refused"), { level: "error", errors: 2 });
  t.match(edge.events("catalog_problem"), [
    { file: catalog, line: Number },
    { file: catalog, line: Number },
  ]);
  t.equal((await get(http, "/", "globex.example")).status, 200, "after a bad catalog the old plan serves");

  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  t.teardown(() => taken.close());
  reload(cliCatalog({ workerPort, port: (taken.address() as { port: number }).port }));
  t.match(await edge.event("plan_refused", 2), { reason: /listener `http`: the port is in use/ });
  t.equal((await get(http, "/", "globex.example")).status, 200, "as after one whose listener cannot be opened");

  reload(cliCatalog({ workerPort, tenants: ["acme"], telemetryPort: 65_001 }));
  t.match(await edge.event("restart_needed"), { field: "spec.telemetry", port: 65_001 });

  const counted = await metric(edge, "hostward_reloads_total");
  for (const line of ['{result="applied"} 2', '{result="unchanged"} 1', '{result="refused"} 2']) {
    t.match(counted, line, `reloads are counted: ${line}`);
  }
});

t.test("files are watched: an edit, and the symlink swap of a mounted ConfigMap", async (t) => {
  const folder = temporaryFolder(t);
  const publish = (version: string, text: string): void => {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, "catalog.yaml"), text);
    symlinkSync(version, join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  publish("..v1", cliCatalog({ workerPort }));
  symlinkSync(join("..data", "catalog.yaml"), join(folder, "catalog.yaml"));
  const edge = new CliProcess(["serve", "-c", folder, "--access-log", "off"]);
  t.teardown(() => edge.kill());
  const http = await edge.port("http");
  await edge.event("plan_applied");

  const swappedMs = Date.now();
  publish("..v2", cliCatalog({ workerPort, tenants: ["acme", "globex"] }));
  t.match(await edge.event("plan_applied", 2), { tenants: 2 });
  t.ok(Date.now() - swappedMs < 5000, "within seconds");
  t.equal((await get(http, "/", "globex.example")).status, 200);

  writeFileSync(join(folder, "..v2", "catalog.yaml"), cliCatalog({ workerPort, tenants: ["globex"] }));
  t.match(await edge.event("plan_applied", 3), { tenants: 1 });
  t.equal((await get(http, "/")).status, 404);
});

t.test("a fault that nobody caught is told and counted, and the edge serves on", async (t) => {
  const catalog = join(temporaryFolder(t), "catalog.yaml");
  writeFileSync(catalog, cliCatalog({ workerPort }));
  const preload = `
    process.on("SIGUSR2", () => { throw new Error("thrown by the test"); });
    process.on("SIGUSR2", () => {});
    process.on("SIGWINCH", () => void Promise.reject("rejected by the test"));`;
  const edge = new CliProcess(["serve", "-c", catalog], { preload });
  t.teardown(() => edge.kill());
  await edge.event("plan_applied");
  edge.child.kill("SIGUSR2");
  t.match(await edge.event("fault"), { step: "-", err: { message: "thrown by the test" } });
  edge.child.kill("SIGWINCH");
  t.match(await edge.event("fault", 2), { err: { message: "rejected by the test" } });
  t.equal((await get(await edge.port("http"), "/")).status, 200);
  t.match(await metric(edge, "hostward_faults_total"), '{step="-"} 2');
});
