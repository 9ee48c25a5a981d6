/**
 * The load harness beside two generators of other families, on the same target: vegeta for the open loop, wrk for the
 * closed one. The target's own times are long against what a busy machine adds, so that agreement is no luck and a
 * percentile that is off by one step is seen.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import { vegeta } from "../../scripts/install-vegeta.ts";
import { runLoad } from "../../src/load/run.ts";
import { loadSettings, percentileUs } from "../support/load-settings.ts";

type Teardown = { teardown(done: () => void): void };

async function serve(t: Teardown, listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function output(program: string, args: readonly string[], input = ""): Promise<string> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(input);
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return printed;
}

t.test("an open loop sees a target's stalls as vegeta does", async (t) => {
  const everyMs = 1000;
  const stallMs = 300;
  // Whoever comes in the first 300 ms of a second is answered at their end: three tenths wait, evenly up to 300 ms.
  const port = await serve(t, (_, response) => {
    const atMs = performance.now() % everyMs;
    const answer = () => response.end("ok");
    if (atMs < stallMs) setTimeout(answer, stallMs - atMs);
    else answer();
  });
  const rate = 400;
  const seconds = 6;
  const ours = await runLoad(loadSettings(port, { rate, seconds, connections: 16, warmupSeconds: 1 }));
  const attack = `${vegeta} attack -rate=${rate}/s -duration=${seconds}s | ${vegeta} report -type=json`;
  const report = JSON.parse(await output("sh", ["-c", attack], `GET http://127.0.0.1:${port}/\n`));
  const { latency, requests } = ours.targets[0]!.total;
  t.equal(requests, rate * seconds, "ours asked as often");
  t.equal(report.requests, rate * seconds, "vegeta asked as often");
  t.equal(latency.count, requests, "nothing failed here");
  t.equal(report.success, 1, "nor there");
  const rows = [
    [90, "90th", 200],
    [95, "95th", 250],
    [99, "99th", 290],
  ] as const;
  const noiseMs = 30;
  for (const [percentile, name, exactMs] of rows) {
    const oursMs = percentileUs(latency, percentile) / 1000;
    const theirsMs = report.latencies[name] / 1e6;
    const found = `p${percentile}: ours ${oursMs.toFixed(1)}, vegeta ${theirsMs.toFixed(1)}, by arithmetic ${exactMs} ms`;
    t.ok(Math.abs(oursMs - theirsMs) <= noiseMs, found);
    t.ok(Math.abs(oursMs - exactMs) <= noiseMs, found);
  }
  t.ok(
    percentileUs(latency, 50) / 1000 < noiseMs && report.latencies["50th"] / 1e6 < noiseMs,
    "half of them did not wait",
  );
});

t.test("a closed loop goes as fast as wrk", async (t) => {
  const port = await serve(t, (_, response) => setTimeout(() => response.end("ok"), 10));
  const connections = 8;
  const seconds = 3;
  const ours = await runLoad(loadSettings(port, { loop: "closed", connections, seconds, warmupSeconds: 1 }));
  const printed = await output("wrk", [
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--latency",
    `http://127.0.0.1:${port}/`,
  ]);
  const { latency, requests } = ours.targets[0]!.total;
  t.equal(latency.count, requests, "nothing failed");
  const theirs = Number(/Requests\/sec: +([\d.]+)/.exec(printed)![1]);
  const theirP50 = Number(/50% +([\d.]+)ms/.exec(printed)![1]);
  const rate = requests / seconds;
  t.ok(Math.abs(rate / theirs - 1) < 0.15, `${rate.toFixed(0)} requests a second, wrk ${theirs.toFixed(0)}`);
  const oursP50 = percentileUs(latency, 50) / 1000;
  t.ok(Math.abs(oursP50 / theirP50 - 1) < 0.15, `p50 ${oursP50.toFixed(2)} ms, wrk ${theirP50.toFixed(2)} ms`);
});
