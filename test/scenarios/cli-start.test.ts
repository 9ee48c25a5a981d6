import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { CliProcess, cliCatalog, runCli, temporaryFolder } from "../support/cli.ts";
import { get } from "../support/slow-worker.ts";

const folder = temporaryFolder(t);
const taken = createServer().listen(0, "127.0.0.1");
await new Promise((resolve) => taken.once("listening", resolve));
t.teardown(() => taken.close());
const { port } = taken.address() as { port: number };

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const good = file("good.yaml", cliCatalog({}));
const serve = (catalog: string, ...more: string[]): string[] => [
  "serve",
  "-c",
  catalog,
  "--log-level",
  "error",
  ...more,
];

const rows: ReadonlyArray<readonly [rule: string, args: readonly string[], stderr: RegExp]> = [
  [
    "a listener's port in use",
    serve(file("http.yaml", cliCatalog({ port }))),
    /^hostward: cannot listen on 127\.0\.0\.1:\d+ for listener `http`: the port is in use\n {2}hint: `ss .* `spec\.listeners\[0\]\.port` of the Edge\n$/,
  ],
  [
    "the telemetry port in use",
    serve(file("telemetry.yaml", cliCatalog({ telemetryPort: port }))),
    /^hostward: cannot listen on .* for telemetry: the port is in use\n {2}hint: .*`spec\.telemetry\.port`/,
  ],
  [
    "the admin port in use",
    serve(file("admin.yaml", cliCatalog({ adminPort: port }))),
    /^hostward: cannot listen on .* for admin: the port is in use\n {2}hint: .*`spec\.admin\.port`/,
  ],
  [
    "the demo's port in use",
    ["demo", "--port", String(port)],
    /port is in use\n {2}hint: .*`hostward demo --port \d+`\n$/,
  ],
  [
    "an address that this machine does not have",
    serve(
      file(
        "address.yaml",
        cliCatalog({}).replace("address: 127.0.0.1, port: 0 } ]", "address: 192.0.2.1, port: 0 } ]"),
      ),
    ),
    /for listener `http`: no interface of this machine has the address/,
  ],
  [
    "a log file that cannot be opened",
    serve(good, "--access-log", join(folder, "none", "access.log")),
    /^hostward: cannot open the file of --access-log: ENOENT/,
  ],
  ["a catalog that is not there", serve(join(folder, "none.yaml")), /none\.yaml: error\[unreadable\]/],
  [
    "a catalog with errors, as check prints them",
    serve(file("bad.yaml", cliCatalog({}).replace("rpc: bound", "rpc: open"))),
    /bad\.yaml:\d+:\d+: error.*\n.*\n?1 error\n$/,
  ],
];
t.test("what keeps the edge from starting is one line and a hint", async (t) => {
  const outcomes = await Promise.all(rows.map(([, args]) => runCli(args)));
  for (const [i, [rule, , stderr]] of rows.entries()) {
    t.match(outcomes[i]!.stderr, stderr, rule);
    t.same([outcomes[i]!.code, outcomes[i]!.stdout], [1, ""], `${rule}: exit 1, and nothing on standard output`);
    t.notMatch(outcomes[i]!.stderr, /\n\s+at .*:\d+/, `${rule}: no stack`);
  }
});

t.test("HOSTWARD_DEBUG=1 shows where an error came from", async (t) => {
  const { code, stderr } = await runCli(["serve", "-c", good, "--access-log", folder], { HOSTWARD_DEBUG: "1" });
  t.equal(code, 1);
  t.match(stderr, /EISDIR.*\n {2}hint: .*\n.*CommandError.*\n\s+at .*:\d+/s);
});

t.test("the environment mirrors the flags", async (t) => {
  const log = join(folder, "access.log");
  const edge = new CliProcess(["serve"], { env: { HOSTWARD_CATALOG: good, HOSTWARD_ACCESS_LOG: log } });
  await get(await edge.port("http"), "/", "nobody.example");
  edge.child.kill("SIGTERM");
  t.equal((await edge.ended).code, 0);
  t.match(readFileSync(log, "utf8"), /"code":"unknown_host"/, "access lines go to the file");
  t.equal(edge.stdout, "", "and not to standard output");
});
