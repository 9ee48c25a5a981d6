/** What the load harness says of a target that is broken or dead. */
import { createServer as createTcpServer, type Socket } from "node:net";
import t from "tap";
import { type BenchResult, type ErrorKind, errorKinds } from "../../src/load/result.ts";
import { runLoad } from "../../src/load/run.ts";
import { CliProcess, freePort } from "../support/cli.ts";
import { loadSettings } from "../support/load-settings.ts";
import { listening, onFreePort, startWorker } from "../support/load-targets.ts";

const totalOf = (result: BenchResult, target = 0) => result.targets[target]!.total;

/** What is wrong with an answer, and the error that it is. */
const faults: ReadonlyArray<readonly [rule: string, kind: ErrorKind, serve: (socket: Socket) => void]> = [
  ["the connection ends without an answer", "reset", (socket) => socket.end()],
  ["it ends in the middle of one", "reset", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")],
  ["it is reset", "reset", (socket) => socket.resetAndDestroy()],
  ["no answer at all", "timeout", () => {}],
  ["no HTTP", "malformed", (socket) => socket.write("SSH-2.0-OpenSSH\r\n\r\n")],
  [
    "two lengths",
    "malformed",
    (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
  ],
  ["more than its length", "malformed", (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxy")],
  [
    "an upgrade that nobody asked for",
    "malformed",
    (socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
  ],
  ["another status", "status", (socket) => socket.write("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")],
  [
    "another host",
    "misrouted",
    (socket) =>
      socket.write("HTTP/1.1 200 OK\r\nX-Bench-Worker: w\r\nX-Bench-Host: globex.example\r\nContent-Length: 0\r\n\r\n"),
  ],
  [
    "another worker",
    "misrouted",
    (socket) => socket.write("HTTP/1.1 200 OK\r\nX-Bench-Worker: v\r\nContent-Length: 0\r\n\r\n"),
  ],
];
const right = "HTTP/1.1 200 OK\r\nX-Bench-Worker: w\r\nX-Bench-Host: acme.example\r\nContent-Length: 0\r\n\r\n";

t.test("each way to go wrong is told from the others", async (t) => {
  let asked = 0;
  const server = createTcpServer((socket) => {
    socket.on("data", () => {
      // The first one is the question whether the target is there; of the others the last of a round is right.
      const fault = faults[(asked++ % (faults.length + 1)) - 1];
      if (fault === undefined) socket.write(right);
      else fault[2](socket);
    });
  });
  const port = await listening(t, server, onFreePort);
  const settings = { rate: 60, warmupSeconds: 0, timeoutMs: 3_000, expectWorker: "w", connections: 64 };
  const { errors, latency, requests } = totalOf(await runLoad(loadSettings(port, settings)));
  const rounds = 5;
  const wanted = Object.fromEntries(
    errorKinds.map((kind) => [kind, rounds * faults.filter(([, itsKind]) => itsKind === kind).length]),
  );
  t.same(errors, wanted);
  t.equal(latency.count, rounds, "an error counts as no latency");
  t.equal(requests, rounds * (faults.length + 1));
});

t.test("a target that dies is an error, not a zero", async (t) => {
  const port = await startWorker(t);
  const child = new CliProcess(["bench", "worker", "--port", String(await freePort())]);
  t.teardown(() => child.kill());
  await child.until(() => child.stdout.includes("http://"), "worker");
  const url = /http:\S+/.exec(child.stdout)![0];
  const targets = [
    { name: "dies", url, pid: child.child.pid! },
    { name: "lives", url: `http://127.0.0.1:${port}`, pid: null },
  ];
  const kill = (leg: { readonly pair: number; readonly target: string }) => {
    if (leg.pair === 3 && leg.target === "lives") child.child.kill("SIGKILL");
  };
  const settings = { targets, pairs: 4, rate: 200, seconds: 0.3, warmupSeconds: 0 };
  const result = await runLoad(loadSettings(port, settings), kill);
  const legs = result.targets[0]!.legs;
  t.same(
    legs.map(({ latency }) => latency.count),
    [60, 60, 60, 0],
  );
  t.equal(legs[3]!.errors.connect, 60);
  t.same(
    legs.map(({ cost }) => cost !== null),
    [true, true, true, false],
    "a process that is gone costs nothing that is known",
  );
  t.equal(totalOf(result).cost, null, "and three legs say nothing of the fourth");
  t.match(result.comparisons[0]!.inconclusive, /60 of 240 requests to dies failed/);
});

t.test("nobody there: exit 1, and nothing is measured", async (t) => {
  const port = await freePort();
  const { code, stdout, stderr } = await new CliProcess(["bench", "--target", `edge=http://127.0.0.1:${port}`]).ended;
  t.same([code, stdout], [1, ""]);
  t.match(stderr, /target `edge` at 127\.0\.0\.1:\d+ cannot be measured: nobody listens there/);
});

t.test("a generator's thread that fails ends the run at once", async (t) => {
  const port = await startWorker(t);
  // The second of two threads of the load fails while the first has minutes to go.
  const preload = `import { isMainThread, workerData } from "node:worker_threads";
    const fail = () => { throw new Error("a fault of a generator"); };
    if (!isMainThread && workerData.arrivals?.thread === 1) setTimeout(fail, 300);`;
  const load = ["--rate", "20", "--threads", "2", "--warmup", "0", "--seconds", "600", "--pairs", "1"];
  const args = ["bench", "--target", `edge=http://127.0.0.1:${port}`, "--pid", `edge=${process.pid}`, ...load];
  const bench = new CliProcess(args, { preload });
  t.teardown(() => bench.kill());
  const { code, stdout, stderr } = await bench.ended;
  t.same([code, stdout], [1, ""]);
  t.match(stderr, /internal fault: a fault of a generator/);
});
