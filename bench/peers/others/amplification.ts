/** What the bytes of the smuggling corpus make the edge do, beside what a plain request does. */
import { corpusHosts, smugglingCases } from "../../../test/support/corpora.ts";
import { benchCatalog } from "../../support/bench-catalog.ts";
import { type Helper, residentMiB, startHelper, threadMicros } from "../../support/processes.ts";
import { startBenchWorker, startEdgeSide } from "../../support/sides.ts";
import type { Effort } from "../effort.ts";
import type { FiguresResult } from "../results.ts";
import type { CaseSettings } from "./case-client.ts";

const TIMES = 100;
const AT_ONCE = 10;
const WARM_UP = 20;
const control = "ctl-get";

/** CPU of the edge for each case, divided by that of a GET on a connection of its own. */
export async function measureAmplification({ quick, progress }: Effort): Promise<FiguresResult> {
  progress(`${smugglingCases.length} hostile requests`);
  await using stack = new AsyncDisposableStack();
  const worker = await startBenchWorker({ name: "worker", keepAlive: true });
  stack.defer(worker.close);
  const pools = [{ name: "worker", workerPort: worker.port }];
  const edge = await startEdgeSide("hostward", benchCatalog(pools, Object.values(corpusHosts)));
  stack.defer(edge.close);
  const settings: CaseSettings = { port: edge.port, times: quick ? AT_ONCE : TIMES, atOnce: AT_ONCE };
  const client = startHelper("../peers/others/case-client.ts", settings);
  stack.defer(() => client.stop());
  const cost = async (raw: string): Promise<number> => {
    const before = threadMicros(edge.pid);
    await send(client, raw);
    return (threadMicros(edge.pid) - before) / settings.times;
  };
  const plain = smugglingCases.find(({ id }) => id === control)!.raw;
  for (let i = 0; i < WARM_UP; i++) await send(client, plain);
  const memoryBefore = residentMiB(edge.pid);
  const plainUs = await cost(plain);
  const costs = [];
  for (const { id, raw } of smugglingCases) costs.push({ id, us: await cost(raw) });
  const worst = costs.reduce((a, b) => (b.us > a.us ? b : a));
  const figures = [
    { name: "a plain GET on a connection of its own", value: plainUs, unit: "us", errors: 0 },
    { name: `worst case (${worst.id})`, value: worst.us / plainUs, unit: "x", errors: 0 },
    { name: "memory that all of them left", value: residentMiB(edge.pid) - memoryBefore, unit: "MiB", errors: 0 },
  ] as const;
  return { id: "amplification", title: `${costs.length} requests of the smuggling corpus: CPU of the edge`, figures };
}

async function send(client: Helper, raw: string): Promise<void> {
  client.ask(JSON.stringify(raw));
  await client.line();
}
