import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { CliProcess, freePort } from "../support/cli.ts";

// A checkout of its own, so that the one that is worked in keeps its dist/.
const root = join(import.meta.dirname, "../..");
const checkout = t.testdir();
for (const name of ["config", "package.json", "scripts", "src", "tsconfig.json", "tsconfig.build.json"])
  cpSync(join(root, name), join(checkout, name), { recursive: true });
symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
// The runner has every Node program below it load its own modules, which the compiler's launcher does not survive.
const build = ["-i", `PATH=${process.env.PATH}`, process.execPath, join(checkout, "scripts/build.ts")];
execFileSync("env", build, { stdio: "pipe" });

// What is not published must not be needed.
const { files } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
const published = [...files, "package.json", "node_modules"];
for (const name of readdirSync(checkout))
  if (!published.includes(name)) rmSync(join(checkout, name), { recursive: true });
const main = join(checkout, "dist/cli/main.js");

t.test("the bin can be run as it is", async (t) => {
  t.equal(statSync(main).mode & 0o777, 0o755);
  t.equal(readFileSync(main, "utf8").split("\n", 1)[0], "#!/usr/bin/env -S node --v8-pool-size=1");
});

for (const layers of [["demo"], ["planapulse"], ["environments/base", "environments/production"]]) {
  t.test(`the bin checks the example ${layers.join(" + ")}`, async (t) => {
    const flags = layers.flatMap((layer) => ["-c", join(checkout, "config/examples", layer)]);
    const { code, stderr } = await new CliProcess(["check", ...flags], { main }).ended;
    t.equal(stderr, "");
    t.equal(code, 0);
  });
}

t.test("the bin serves: the demo finds its catalog, and the compiler its thread", async (t) => {
  const port = await freePort();
  const demo = new CliProcess(["demo", "--port", String(port)], { main });
  t.teardown(() => demo.kill());
  await demo.until(() => demo.stdout.includes("Ctrl-C"), "welcome");
  const page = await new Promise<string>((resolve, reject) => {
    get({ port, path: "/web/login", headers: { host: `acme.localhost:${port}` }, agent: false }, (response) => {
      resolve(text(response));
    }).on("error", reject);
  });
  t.match(page, "Database: acme.localhost");
  demo.child.kill("SIGTERM");
  t.equal((await demo.ended).code, 0);
  t.equal(demo.stderr, "");
});

t.test("the bin measures: its threads and the Odoo mix are there", async (t) => {
  const port = String(await freePort());
  const worker = new CliProcess(["bench", "worker", "--port", port], { main });
  t.teardown(() => worker.kill());
  await worker.until(() => worker.stdout.includes("http://"), "worker");
  const flags = ["--traffic", "odoo-mix", "--seconds", "0.3", "--warmup", "0", "--pairs", "1", "--json"];
  const { code, stdout, stderr } = await new CliProcess(["bench", "--target", `http://127.0.0.1:${port}`, ...flags], {
    main,
  }).ended;
  t.same([code, stderr], [0, ""]);
  t.ok(JSON.parse(stdout).targets[0].total.latency.count > 0);
});
