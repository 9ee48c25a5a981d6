import { createBenchWorker, listenBenchWorker } from "../../load/worker.ts";
import { CommandError, exitCodes, messageOf } from "../command-error.ts";
import type { BenchWorkerFlags } from "../commands/bench-worker.ts";
import { StopSignals } from "../serve/stop-signals.ts";

/** Serves until a signal says stop; returns the exit code. */
export async function benchWorker({ port, name, close, bytes, serviceTimes }: BenchWorkerFlags): Promise<number> {
  const signals = new StopSignals();
  const server = createBenchWorker({ name, connections: close ? "close" : "keep", bodyBytes: bytes, serviceTimes });
  await listenBenchWorker(server, port).catch((cause) => {
    throw new CommandError(`cannot listen on 127.0.0.1:${port}: ${messageOf(cause)}`, "--port chooses another one", {
      cause,
    });
  });
  process.stdout.write(`a worker answers on http://127.0.0.1:${port}\n`);
  await signals.first;
  process.exit(exitCodes.ok); // connections that clients keep would hold it
}
