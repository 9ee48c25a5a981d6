/** Idle WebSockets through the edge: what each costs in memory, and that all of them live. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "../../support/bench-case.ts";
import { benchCatalog, hostOf } from "../../support/bench-catalog.ts";
import { residentMiB, startHelper, threadMicros } from "../../support/processes.ts";
import { startEdgeSide } from "../../support/sides.ts";
import type { Effort } from "../effort.ts";
import type { FiguresResult } from "../results.ts";
import type { SocketCount, SocketSettings } from "./socket-client.ts";

const WANTED = 10_000;
/** So that no tenant and no client meets its own limit: 2,000 and 500 sockets by default. */
const TENANTS = 10;
const ADDRESSES = 25;
/** Two descriptors a socket, and some for the rest of the process. */
const SPARE_DESCRIPTORS = 500;
const IDLE_MS = 5_000;

/** How many sockets this machine lets one process relay. */
function socketsPossible(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const descriptors = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  return Math.min(WANTED, Math.floor((descriptors - SPARE_DESCRIPTORS) / 2));
}

/** An edge that takes as many as there are; beyond 80% of its descriptors it would shed. */
const settings = {
  externalPort: 80,
  trustedProxies: [],
  more: "  http: { connectionsMax: 20000 }\n  overload: { start: 100 }\n",
};

export async function measureWebSockets({ quick, progress }: Effort): Promise<FiguresResult> {
  await using stack = new AsyncDisposableStack();
  const sockets = quick ? 500 : socketsPossible();
  const title = `${sockets} idle WebSockets`;
  progress(title);
  const worker = startHelper("../peers/connections/socket-worker.ts", {});
  stack.defer(() => worker.stop());
  const catalog = benchCatalog([{ name: "worker", workerPort: Number(await worker.line()) }], TENANTS);
  const edge = await startEdgeSide("hostward", catalog, settings);
  stack.defer(edge.close);
  const before = residentMiB(edge.pid);
  const hosts = Array.from({ length: TENANTS }, (_, i) => hostOf(i));
  const asked: SocketSettings = { port: edge.port, hosts, sockets, addresses: ADDRESSES };
  const client = startHelper("../peers/connections/socket-client.ts", asked);
  stack.defer(() => client.stop());
  const opened = JSON.parse(await client.line()) as SocketCount;
  const idleFrom = threadMicros(edge.pid);
  await sleep(IDLE_MS);
  const idleShare = (threadMicros(edge.pid) - idleFrom) / (IDLE_MS * 1000);
  const memory = residentMiB(edge.pid) - before;
  client.ask("alive?");
  const alive = JSON.parse(await client.line()) as SocketCount;
  const figure = (name: string, value: number, unit: Figure["unit"]): Figure => ({
    name,
    value,
    unit,
    errors: opened.failed + alive.failed,
  });
  return {
    id: "web-sockets",
    title,
    figures: [
      figure("open at once", opened.right, "count"),
      figure("alive in the end", alive.right, "count"),
      figure("memory of the edge, each", (memory * 1024) / Math.max(1, opened.right), "KiB"),
      figure("CPU of the edge while all are idle, of a core", idleShare * 100, "%"),
    ],
  };
}
