import { spawn, spawnSync } from "node:child_process";
import t from "tap";
import { demoTries } from "../../src/demo/tries.ts";
import { CliProcess, freePort } from "../support/cli.ts";

t.test("every line that the demo prints works", async (t) => {
  const curl = spawnSync("curl", ["--version"]);
  t.equal(curl.status, 0, "curl is installed (it runs what the demo prints)");

  const port = await freePort();
  const demo = new CliProcess(["demo", "--port", String(port)]);
  t.teardown(() => demo.kill());
  await demo.until(() => demo.stdout.includes("Ctrl-C"), "welcome");
  t.match(demo.stdout, `http://acme.localhost:${port}/web/login`, "says what to open in a browser");

  for (const { title, curl, status, expect } of demoTries(port)) {
    t.ok(demo.stdout.includes(curl), `printed: ${title}`);
    const output = await shell(curl);
    const statuses = [...output.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]));
    t.equal(statuses.at(-1), status, `${title}: ${status}`);
    t.match(output, expect, `${title}: the text that is promised`);
  }

  t.equal(demo.stderr, "", "nothing went wrong meanwhile");
  demo.child.kill("SIGINT");
  t.equal((await demo.ended).code, 0, "Ctrl-C ends it in order");
});

/** Runs a line as a user's shell does; curl's own exit code is no matter (a WebSocket ends by its time limit). */
function shell(line: string): Promise<string> {
  const child = spawn("sh", ["-c", line], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  return new Promise((resolve) => child.once("close", () => resolve(output)));
}
