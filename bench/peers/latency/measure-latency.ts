/** What the edge adds to a request at half of its load or what the generator can send, by the project's own harness: an open loop, in pairs. */
import type { BenchResult } from "../../../src/load/result.ts";
import type { RunSettings } from "../../../src/load/settings.ts";
import { urlTraffic } from "../../../src/load/url-traffic.ts";
import { plainGet } from "../../support/load-requests.ts";
import { startNginxSide } from "../../support/nginx-side.ts";
import { startHelper } from "../../support/processes.ts";
import { type Side, startBenchWorker, startEdgeSide } from "../../support/sides.ts";
import { peerCatalog, peerCatalogTargets, peerWorkerName } from "../catalog.ts";
import type { Effort } from "../effort.ts";
import type { Sections } from "../results.ts";
import { takeTurn } from "../rounds.ts";

const CONNECTIONS = 64;
const RATE_STEP = 100;

/**
 * The highest rate: a request costs the generator some 50 µs and the worker a dozen, on a core that they share here, so that at
 * this rate three quarters of it are used. Beyond it their own queue would be measured.
 */
const RATE_MAX = 12_000;

/** The rate of a busy platform of some hundred users, far from the limits of edge and generator. */
const STEADY = 2_000;

/**
 * Against the worker itself, nginx and the edge: at that load before a worker that keeps connections and one that closes them,
 * and at a steady rate.
 */
export async function measureLatency(effort: Effort): Promise<Sections["latency"]> {
  const runs = [
    await measureBefore(true, halfLoad, effort),
    await measureBefore(false, halfLoad, effort),
    await measureBefore(true, async () => STEADY, effort),
  ];
  return { runs };
}

type Rate = (edge: Side, effort: Effort) => Promise<number>;

async function measureBefore(
  keepAlive: boolean,
  rateFor: Rate,
  effort: Effort,
): Promise<Sections["latency"]["runs"][number]> {
  await using stack = new AsyncDisposableStack();
  const worker = await startBenchWorker({ name: peerWorkerName, keepAlive });
  stack.defer(worker.close);
  const nginx = await startNginxSide(worker.port, keepAlive);
  stack.defer(nginx.close);
  const edge = await startEdgeSide("hostward", peerCatalog(worker.port));
  stack.defer(edge.close);
  const rate = await rateFor(edge, effort);
  const title = `${rate.toLocaleString("en-US")} requests a second, worker ${keepAlive ? "keeps connections" : "closes"}`;
  effort.progress(title);
  const target = ({ name, port }: Pick<Side, "name" | "port">, pid: number | null) => {
    return { name, url: `http://127.0.0.1:${port}`, pid };
  };
  const settings = settingsOf(rate, effort, [
    target({ name: "direct", port: worker.port }, null),
    target(nginx, nginx.pid),
    target(edge, edge.pid),
  ]);
  const harness = startHelper("../peers/latency/harness.ts", settings);
  stack.defer(() => harness.stop());
  return { title, result: JSON.parse(await harness.line()) as BenchResult };
}

/** Half of what the edge answers a second in a closed loop on this machine, within what the generator can send in time. */
async function halfLoad(side: Side, { quick }: Effort): Promise<number> {
  const asked = { targets: peerCatalogTargets(), request: plainGet, connections: 32, seconds: quick ? 0.5 : 3 };
  await takeTurn({ side, asked });
  const { requestsPerSecond } = await takeTurn({ side, asked });
  const half = Math.floor(requestsPerSecond / 2 / RATE_STEP) * RATE_STEP;
  return Math.min(RATE_MAX, Math.max(RATE_STEP, half));
}

function settingsOf(rate: number, { quick }: Effort, targets: RunSettings["targets"]): RunSettings {
  const request = { method: "GET", target: "/web/content/1", fields: [], body: "", expect: [200] };
  const hosts = peerCatalogTargets().map(({ host }) => host);
  return {
    targets,
    traffic: urlTraffic(request, hosts, 0),
    loop: "open",
    arrivals: "poisson",
    rate,
    connections: CONNECTIONS,
    sockets: 0,
    threads: 1,
    warmupSeconds: 1,
    seconds: quick ? 1 : 4,
    pairs: quick ? 3 : 5,
    timeoutMs: 10_000,
    seed: 1,
    expectWorker: "",
    externalPort: 80,
    remote: "refused",
    command: `open loop of ${rate} requests a second`,
  };
}
