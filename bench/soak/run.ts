/**
 * The isolation soak: `npm run soak`, or `npm run soak -- --requests N --seed S`; with `--json` the result as one line.
 *
 * 50 tenants on two pools, one that keeps connections and one that closes them; every byte of every answer is its
 * tenant's stamp. Keep-alive, pipelined across tenants, aborted, slow, chunked, huge, WebSocket, failing workers, while
 * the catalog is rewritten and tenants move between the pools. Prints the bytes that crossed tenants, which must be 0.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { benchCatalog } from "../support/bench-catalog.ts";
import { type Helper, startHelper } from "../support/processes.ts";
import { startEdgeSide } from "../support/sides.ts";
import { type SoakResult, type SoakSettings, TENANTS } from "./stamps.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
    json: { type: "boolean", default: false },
  },
});
const RELOAD_EVERY_MS = 3_000;

await using stack = new AsyncDisposableStack();

async function startWorker(keepAlive: boolean): Promise<number> {
  const helper: Helper = startHelper("../soak/worker.ts", { keepAlive });
  stack.defer(() => helper.stop());
  return Number(await helper.line());
}

const ports = [await startWorker(true), await startWorker(false)] as const;

/** Every other catalog swaps the pools' workers, so that all tenants move. */
function catalog(turn: number): string {
  const [first, second] = turn % 2 === 0 ? ports : [ports[1], ports[0]];
  const pools = [
    { name: "odd", workerPort: first },
    { name: "even", workerPort: second },
  ];
  return benchCatalog(turn % 3 === 0 ? pools : pools.toReversed(), TENANTS);
}

const edge = await startEdgeSide("hostward", catalog(0));
stack.defer(edge.close);
const settings: SoakSettings = {
  port: edge.port,
  requests: Number(values.requests),
  lanes: 40,
  seed: Number(values.seed),
};
if (!values.json) console.log(`seed ${settings.seed}, ${settings.requests} requests`);
const client = startHelper("../soak/client.ts", settings);
stack.defer(() => client.stop());
let running = true;
let reloads = 0;
const reloading = (async () => {
  while (running) {
    await sleep(RELOAD_EVERY_MS);
    await edge.rewrite(catalog(++reloads));
  }
})();
const result = JSON.parse(await client.line()) as SoakResult;
running = false;
await reloading;

if (values.json) console.log(JSON.stringify(result));
else print(result);
process.exitCode = result.crossed === 0 ? 0 : 1;

function print({ requests, bytes, crossed, failed, kinds, seconds }: SoakResult): void {
  console.log(`requests            ${requests} in ${seconds.toFixed(0)} s, ${reloads} reloads`);
  console.log(`bytes checked       ${bytes}`);
  console.log(`bytes that crossed  ${crossed}`);
  console.log("requests that failed:", Object.keys(failed).length === 0 ? "none" : "");
  for (const [reason, times] of Object.entries(failed)) console.log(`  ${String(times).padStart(8)}  ${reason}`);
  console.log("kinds:");
  for (const [kind, times] of Object.entries(kinds)) console.log(`  ${String(times).padStart(8)}  ${kind}`);
}
