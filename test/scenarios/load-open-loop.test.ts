/** An open loop of the load harness: what is asked when, what a slow target shows, and what a slow generator says. */
import { createServer } from "node:http";
import t from "tap";
import type { BenchResult } from "../../src/load/result.ts";
import { runLoad } from "../../src/load/run.ts";
import { CliProcess } from "../support/cli.ts";
import { loadSettings, percentileUs } from "../support/load-settings.ts";
import { listening, onFreePort, startWorker } from "../support/load-targets.ts";

const totalOf = (result: BenchResult, target = 0) => result.targets[target]!.total;

t.test("a constant rate asks exactly as often as it says, warm-up aside", async (t) => {
  const port = await startWorker(t);
  const total = totalOf(await runLoad(loadSettings(port, { rate: 300, threads: 2 })));
  t.equal(total.requests, 300);
  t.equal(total.latency.count, 300);
  t.same(total.statuses, { 200: 300 });
});

t.test("connections are kept where the target keeps them, and opened anew where it ends them", async (t) => {
  const kept = totalOf(await runLoad(loadSettings(await startWorker(t))));
  const closed = totalOf(await runLoad(loadSettings(await startWorker(t, { connections: "close" }))));
  t.ok(kept.connects < kept.requests / 2, "kept");
  t.equal(closed.connects, closed.requests, "ended");
  t.equal(closed.latency.count, closed.requests, "an answer that ends with the connection is whole");
});

t.test("a stall of known length is seen by all requests that were due in it", async (t) => {
  const stallMs = 400;
  const rate = 200;
  const seconds = 2;
  let asked = 0;
  const held: Array<() => void> = [];
  let stalled = false;
  const server = createServer((_, response) => {
    const answer = () => response.end("ok");
    // After the warm-up and half a second; `held` is answered in one go.
    if (++asked === rate * 0.7) {
      stalled = true;
      setTimeout(() => {
        stalled = false;
        for (const one of held) one();
      }, stallMs);
    }
    if (stalled) held.push(answer);
    else answer();
  });
  const port = await listening(t, server, onFreePort);
  // Far fewer connections than requests that are due in the stall: those that cannot be sent count all the same.
  const result = await runLoad(loadSettings(port, { rate, seconds, connections: 4 }));
  const { latency, requests } = totalOf(result);
  t.equal(latency.count, rate * seconds);
  t.equal(requests, rate * seconds);
  // Whatever is due in the first half of the stall waits for at least the second half. The last one is left out, since the
  // stall begins when a request arrives, which is a little after it was due.
  const waitHalf = (rate * stallMs) / 1000 / 2 - 1;
  const slow = latency.percentiles.filter(({ us }) => us >= (stallMs * 1000) / 2);
  t.ok(percentileUs(latency, 95) >= (stallMs * 1000) / 4, `${waitHalf} of ${requests} wait for half of the stall`);
  t.ok(slow[0]!.percentile <= 100 * (1 - waitHalf / requests) + 2.5, "from the right percentile on");
  t.ok(latency.maxUs >= stallMs * 1000, "one waited for all of it");
  t.ok(percentileUs(latency, 50) < (stallMs * 1000) / 2, "and half of them did not wait");
  t.ok(result.targets[0]!.legs[0]!.intervals[0]!.maxUs >= stallMs * 1000, "the curve over time shows when");
});

t.test("a generator that is held up says so, and nothing is concluded", async (t) => {
  const port = await startWorker(t);
  // In each thread of the load: nothing for 20 of every 25 milliseconds.
  const preload = `import { isMainThread } from "node:worker_threads";
    const hold = () => { for (const end = performance.now() + 20; performance.now() < end; ); };
    if (!isMainThread) setInterval(hold, 25);`;
  const targets = ["a", "b"].flatMap((name) => ["--target", `${name}=http://127.0.0.1:${port}`]);
  const flags = ["--rate", "200", "--seconds", "0.5", "--warmup", "0", "--pairs", "3", "--json"];
  const bench = new CliProcess(["bench", ...targets, ...flags], { preload });
  t.teardown(() => bench.kill());
  const { code, stdout } = await bench.ended;
  const result = JSON.parse(stdout) as BenchResult;
  t.equal(code, 0, "no gate asked");
  t.match(totalOf(result).generator.bottleneck, /the generator (?:sent late|was busy)/);
  t.match(result.comparisons[0]!.inconclusive, /the generator/);
});

t.test("a rate that the target cannot keep up with is told", async (t) => {
  const server = createServer((_, response) => setTimeout(() => response.end("ok"), 50));
  const port = await listening(t, server, onFreePort);
  const result = await runLoad(loadSettings(port, { rate: 200, connections: 2, seconds: 0.5, warmupSeconds: 0 }));
  t.match(totalOf(result).generator.bottleneck, /of the requests had to wait for one of 2 connections/);
});

t.test("what could not be sent at all is counted", async (t) => {
  const server = createServer((_, response) => setTimeout(() => response.end("ok"), 250));
  const port = await listening(t, server, onFreePort);
  const result = await runLoad(loadSettings(port, { rate: 100, connections: 1, timeoutMs: 300, warmupSeconds: 0 }));
  const { requests, generator } = totalOf(result);
  t.equal(requests + generator.unsent, 100, "each that was due is in one of the two");
  t.match(generator.bottleneck, /could not be sent in time/);
});
