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
import t, { type Test } from "tap";
import { vegeta } from "../../scripts/install-vegeta.ts";
import { runLoad } from "../../src/load/run.ts";
import { loadSettings, percentileUs } from "../support/load-settings.ts";

/** What a busy machine may add to one of two runs. */
const STALL_NOISE_MS = 30;
const RATE_NOISE = 0.15;
/** Runs of both, of which one must agree in all rows: a machine that stalls in one of them is no difference of generators. */
const RUNS_MAX = 4;

interface Row {
  readonly found: string;
  readonly agrees: boolean;
}

/** Passes when `measure` finds agreement in every row of one run; says what each run found. */
async function agree(t: Test, measure: () => Promise<readonly Row[]>): Promise<void> {
  for (let run = 1; run <= RUNS_MAX; run++) {
    const rows = await measure();
    for (const { found } of rows) t.comment(found);
    if (rows.every(({ agrees }) => agrees)) return void t.pass(`both agree in run ${run}`);
  }
  t.fail(`no agreement in ${RUNS_MAX} runs`);
}

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
  const attack = `${vegeta} attack -rate=${rate}/s -duration=${seconds}s | ${vegeta} report -type=json`;
  await agree(t, async () => {
    const ours = await runLoad(loadSettings(port, { rate, seconds, connections: 16, warmupSeconds: 1 }));
    const report = JSON.parse(await output("sh", ["-c", attack], `GET http://127.0.0.1:${port}/\n`));
    const { latency, requests } = ours.targets[0]!.total;
    t.equal(requests, rate * seconds, "ours asked as often");
    t.equal(report.requests, rate * seconds, "vegeta asked as often");
    t.equal(latency.count, requests, "nothing failed here");
    t.equal(report.success, 1, "nor there");
    const rows = [
      [50, "50th", 0],
      [90, "90th", 200],
      [95, "95th", 250],
      [99, "99th", 290],
    ] as const;
    return rows.flatMap(([percentile, name, exactMs]) => {
      const [oursMs, theirsMs] = [percentileUs(latency, percentile) / 1000, report.latencies[name] / 1e6];
      const found = `p${percentile}: ours ${oursMs.toFixed(1)}, vegeta ${theirsMs.toFixed(1)}, by arithmetic ${exactMs} ms`;
      return [
        { found, agrees: Math.abs(oursMs - theirsMs) <= STALL_NOISE_MS },
        { found, agrees: Math.abs(oursMs - exactMs) <= STALL_NOISE_MS },
      ];
    });
  });
});

t.test("a closed loop goes as fast as wrk", async (t) => {
  const port = await serve(t, (_, response) => setTimeout(() => response.end("ok"), 10));
  const connections = 8;
  const seconds = 3;
  const wrk = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", `http://127.0.0.1:${port}/`];
  await agree(t, async () => {
    const ours = await runLoad(loadSettings(port, { loop: "closed", connections, seconds, warmupSeconds: 1 }));
    const printed = await output("wrk", wrk);
    const { latency, requests } = ours.targets[0]!.total;
    t.equal(latency.count, requests, "nothing failed");
    const rate = requests / seconds;
    const theirs = Number(/Requests\/sec: +([\d.]+)/.exec(printed)![1]);
    const oursP50 = percentileUs(latency, 50) / 1000;
    const theirP50 = Number(/50% +([\d.]+)ms/.exec(printed)![1]);
    return [
      {
        found: `${rate.toFixed(0)} requests a second, wrk ${theirs.toFixed(0)}`,
        agrees: Math.abs(rate / theirs - 1) < RATE_NOISE,
      },
      {
        found: `p50 ${oursP50.toFixed(2)} ms, wrk ${theirP50.toFixed(2)} ms`,
        agrees: Math.abs(oursP50 / theirP50 - 1) < RATE_NOISE,
      },
    ];
  });
});
