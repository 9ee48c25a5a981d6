import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import t from "tap";
import { CliProcess, cliCatalog, temporaryFolder } from "../support/cli.ts";
import { get, type SlowWorker, startSlowWorker } from "../support/slow-worker.ts";

const folder = temporaryFolder(t);

/** An edge with one request at its worker, which waits for `release`. */
async function busyEdge(t: { teardown(done: () => unknown): void }, name: string, flags: readonly string[]) {
  const worker: SlowWorker = await startSlowWorker();
  t.teardown(() => worker.close());
  const catalog = join(folder, `${name}.yaml`);
  writeFileSync(catalog, cliCatalog({ workerPort: worker.port }));
  const edge = new CliProcess(["serve", "-c", catalog, "--access-log", "off", ...flags]);
  t.teardown(() => edge.kill());
  const [http, telemetry] = [await edge.port("http"), await edge.port("telemetry")];
  await edge.event("plan_applied");
  const slow = get(http, "/slow");
  await edge.until(() => worker.waiting() === 1, "request at the worker");
  return { edge, worker, http, telemetry, slow };
}

t.test("SIGTERM: not ready at once, and what is in flight is served", async (t) => {
  const { edge, worker, http, telemetry, slow } = await busyEdge(t, "drain", ["--drain-grace", "400ms"]);
  t.equal((await get(telemetry, "/ready")).status, 200, "ready before");
  edge.child.kill("SIGTERM");
  await edge.event("drain_started");
  t.equal((await get(telemetry, "/ready")).status, 503, "not ready at once");
  t.equal((await get(telemetry, "/live")).status, 200, "but alive");
  t.equal((await get(http, "/")).status, 200, "within the grace new connections are served");
  await delay(500);
  t.equal((await get(http, "/")).status, 0, "after it they are refused");
  worker.release();
  t.same(await slow, { status: 200, body: "slow" }, "the request in flight ends as usual");
  t.equal((await edge.ended).code, 0, "nothing was cut: exit 0");
  t.match(edge.events("drain_finished"), [{ clean: true }]);
});

t.test("SIGINT without requests in flight ends at once", async (t) => {
  const { edge, worker, slow } = await busyEdge(t, "idle", []);
  worker.release();
  await slow;
  const startMs = Date.now();
  edge.child.kill("SIGINT");
  t.equal((await edge.ended).code, 0);
  t.ok(Date.now() - startMs < 5000, "idle connections do not hold it");
});

t.test("a second signal cuts at once", async (t) => {
  const { edge, slow } = await busyEdge(t, "second", []);
  edge.child.kill("SIGTERM");
  await edge.event("drain_started");
  await delay(150);
  edge.child.kill("SIGTERM");
  t.equal((await edge.ended).code, 1, "exit 1");
  t.not((await slow).status, 200, "the request was cut");
  t.match(edge.events("drain_finished"), [{ clean: false }]);
});

t.test("one Ctrl-C under npm is two signals, and one press", async (t) => {
  const { edge, worker, slow } = await busyEdge(t, "npm", []);
  edge.child.kill("SIGINT");
  await delay(5);
  edge.child.kill("SIGINT");
  await edge.event("drain_started");
  worker.release();
  t.equal((await slow).status, 200, "the request ends as usual");
  t.equal((await edge.ended).code, 0);
});

t.test("the drain deadline cuts what is left", async (t) => {
  const { edge, slow } = await busyEdge(t, "deadline", ["--drain-deadline", "300ms"]);
  edge.child.kill("SIGTERM");
  t.equal((await edge.ended).code, 1, "exit 1");
  t.not((await slow).status, 200, "the request was cut");
});
