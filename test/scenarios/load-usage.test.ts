/** What the load harness says that a target's processes used, against what they say themselves. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import t from "tap";
import { UsageMeter } from "../../src/load/process-usage.ts";

// Burns time in its main thread, in threads too short-lived to be sampled and in a child; says what that was, and waits.
const program = `
import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
const burn = (ms) => "for (const end = performance.now() + " + ms + "; performance.now() < end; );";
for await (const _ of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const keep = Buffer.alloc(64 * 2 ** 20, 1);
  new Function(burn(200))();
  for (let i = 0; i < 20; i++) await new Promise((resolve) => new Worker(burn(30), { eval: true }).on("exit", resolve));
  const child = spawnSync(process.execPath, ["-e", burn(200) + "const u = process.cpuUsage(); console.log(u.user + u.system)"]);
  const own = process.cpuUsage(before);
  console.log(own.user + own.system + Number(child.stdout) + keep.length * 0);
}`;

t.test("CPU of threads and children counts, and memory at its highest", async (t) => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  t.teardown(() => child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const meter = new UsageMeter(child.pid!);
  t.equal(meter.isReadable, true);
  meter.start();
  child.stdin.write("go\n");
  const saidUs = Number((await lines.next()).value);
  const usage = meter.stop()!;
  t.ok(saidUs > 600_000, `it says ${saidUs} µs`);
  t.ok(usage.cpuUs > saidUs * 0.95, `the meter saw all of them: ${usage.cpuUs} µs`);
  // What a process uses to start and to end is not in its own account.
  t.ok(usage.cpuUs < saidUs * 1.25 + 100_000, `and no more than there was: ${usage.cpuUs} µs`);
  t.ok(usage.memoryMiB > 64, `${usage.memoryMiB} MiB`);
  meter.start();
  const idle = meter.stop()!;
  t.ok(idle.cpuUs < 50_000, "an idle process uses nothing");
});

t.test("a process that ends while it is measured", async (t) => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('up')"]);
  t.teardown(() => child.kill());
  await once(child.stdout, "data");
  const meter = new UsageMeter(child.pid!);
  meter.start();
  child.kill("SIGKILL");
  await once(child, "exit");
  t.equal(meter.stop(), null, "what it had used until then is no cost of the leg");
});

t.test("a process that is not there", async (t) => {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("exit", resolve));
  const meter = new UsageMeter(child.pid!);
  t.equal(meter.isReadable, false);
  meter.start();
  t.equal(meter.stop(), null);
});
