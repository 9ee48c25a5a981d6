/** The modes as a user starts them: the flag decides, everything around the steps is as always. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { CliProcess, cliCatalog, runCli, temporaryFolder } from "../support/cli.ts";
import { LiveClient, request } from "../support/live-client.ts";
import { startRecordingWorker } from "../support/recording-worker.ts";

const worker = await startRecordingWorker();
t.teardown(() => worker.close());
const file = join(temporaryFolder(t), "catalog.yaml");
writeFileSync(file, cliCatalog({ workerPort: worker.port }));

const rows: ReadonlyArray<readonly [args: readonly string[], env: Record<string, string>, mode: string, asks: number]> =
  [
    [[], {}, "edge", 1],
    [["--guard-only"], {}, "guard", 1],
    [["--ext-auth"], {}, "authorizer", 0],
    [[], { HOSTWARD_EXT_AUTH: "1" }, "authorizer", 0],
  ];
for (const [args, env, mode, asks] of rows) {
  t.test(`serve ${args.join(" ")} ${Object.keys(env).join(" ")}`, async (t) => {
    worker.forget();
    const serving = new CliProcess(["serve", "-c", file, ...args], { env });
    t.teardown(() => serving.kill());
    const client = await LiveClient.open(await serving.port("http"));
    const [reply] = await client.send(request("GET /web", ["Host: acme.example", "Connection: close"])).responses(1);
    t.match(reply, { status: 200, body: asks === 0 ? "" : "GET /web" });
    t.equal((await serving.event("started")).mode, mode);
    t.equal(
      worker.connections.flatMap(({ requests }) => requests).filter(({ target }) => target === "/web").length,
      asks,
    );
    for (const [name, path] of [
      ["telemetry", "/ready"],
      ["telemetry", "/metrics"],
      ["admin", "/tenants"],
    ] as const) {
      const response = await fetch(`http://127.0.0.1:${await serving.port(name)}${path}`);
      t.equal(response.status, 200, `${name} ${path}`);
      await response.text();
    }
    serving.child.kill("SIGTERM");
    t.equal((await serving.ended).code, 0, "a clean drain");
    t.match(JSON.parse(serving.stdout), { tenant: "acme", rule: "app", status: 200, code: "" }, "one access line");
  });
}

t.test("both in the environment are as wrong as both in the arguments", async (t) => {
  const outcome = await runCli(["serve", "-c", file], { HOSTWARD_EXT_AUTH: "1", HOSTWARD_GUARD_ONLY: "1" });
  t.equal(outcome.code, 2);
  t.match(outcome.stderr, /cannot be used with/);
});
