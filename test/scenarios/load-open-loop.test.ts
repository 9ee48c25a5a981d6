/** An open loop of the load harness: what is asked when, what a slow target shows, and what a slow generator says. */
import { createServer } from "node:http";
import t from "tap";
import { measureLeg } from "../../src/load/measure-leg.ts";
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

t.test("threads begin together, however long one takes to be ready", async (t) => {
  const callers: string[] = [];
  const server = createServer((request, response) => {
    callers.push(`${request.socket.remotePort}`);
    response.end("ok");
  });
  const port = await listening(t, server, onFreePort);
  // The second one comes a second late: that is ten of the first one's requests.
  const preload = `import { isMainThread, workerData } from "node:worker_threads";
    if (!isMainThread && workerData.arrivals?.thread === 1) for (const end = performance.now() + 1000; performance.now() < end; );`;
  const load = ["--arrivals", "constant", "--rate", "20", "--threads", "2", "--connections", "2"];
  const args = [
    "bench",
    "--target",
    `a=http://127.0.0.1:${port}`,
    ...load,
    "--warmup",
    "0",
    "--seconds",
    "2",
    "--pairs",
    "1",
  ];
  const bench = new CliProcess(args, { preload });
  t.teardown(() => bench.kill());
  t.equal((await bench.ended).code, 0);
  // The first caller asks whether the target is there.
  t.equal(new Set(callers.slice(1, 7)).size, 2, `both were among the first six: ${callers}`);
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

t.test("so it is with connections enough for whatever waits", async (t) => {
  let free = Promise.resolve();
  const server = createServer((_, response) => {
    // One at a time, 50 ms each: 20 a second at most.
    free = free.then(() => new Promise((done) => setTimeout(done, 50))).then(() => void response.end("ok"));
  });
  const port = await listening(t, server, onFreePort);
  const settings = { rate: 60, connections: 2_000, seconds: 1, warmupSeconds: 0.2 };
  const { answered, generator, requests, latency } = totalOf(await runLoad(loadSettings(port, settings)));
  t.match(generator.bottleneck, /^only \d+% of the requests ended in the time in which they were due/);
  t.equal(latency.count, requests, "each got its answer in the end");
  t.ok(answered! > 0 && answered! <= 20, `${answered} of ${requests} within the second`);
});

t.test("what could not be sent at all is counted", async (t) => {
  const server = createServer((_, response) => setTimeout(() => response.end("ok"), 250));
  const port = await listening(t, server, onFreePort);
  const result = await runLoad(loadSettings(port, { rate: 100, connections: 1, timeoutMs: 300, warmupSeconds: 0 }));
  const { requests, generator } = totalOf(result);
  t.equal(requests + generator.unsent, 100, "each that was due is in one of the two");
  t.match(generator.bottleneck, /could not be sent in time/);
});

t.test("what a pause of the generator kept from being sent is not the target's", async (t) => {
  const port = await startWorker(t);
  // Once, in the middle of the leg, the thread of the load stands still for longer than the time-out.
  const preload = `import { isMainThread, workerData } from "node:worker_threads";
    const hold = () => { for (const end = performance.now() + 800; performance.now() < end; ); };
    if (!isMainThread && "address" in workerData) setTimeout(hold, 700);`;
  const load = ["--rate", "100", "--seconds", "2", "--warmup", "0", "--pairs", "1", "--timeout", "200ms", "--json"];
  const bench = new CliProcess(["bench", "--target", `a=http://127.0.0.1:${port}`, ...load], { preload });
  t.teardown(() => bench.kill());
  const { generator } = totalOf(JSON.parse((await bench.ended).stdout) as BenchResult);
  t.ok(generator.unsent > 0, `${generator.unsent} were not sent`);
  t.match(generator.bottleneck, /^the generator paused: \d+ requests were not sent in time/);
});

t.test("of a leg no more is kept than a total needs", async (t) => {
  const port = await startWorker(t);
  const settings = loadSettings(port, { seconds: 3, warmupSeconds: 0, rate: 50, threads: 2 });
  const measured = await measureLeg(settings, { host: "127.0.0.1", port }, null, 0);
  t.equal(measured.leg.intervals.length, 3);
  t.equal(histogramsIn(measured), 2, "one of latencies and one of lags, however many threads and intervals there were");
});

/** Histograms that can be reached from a value. */
function histogramsIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  if ("percentile" in value && typeof value.percentile === "function") return 1;
  return Object.values(value).reduce((sum, one) => sum + histogramsIn(one), 0);
}
