import { extname } from "node:path";
import { setImmediate } from "node:timers";
import { Worker } from "node:worker_threads";
import { problemCodes } from "../catalog/problem-codes.ts";
import type { Problem } from "../core/problem.ts";
import type { CheckedCatalog } from "./check.ts";
import { type Slice, SliceCollector } from "./slices.ts";

// Sources run as they are and dist/ holds JavaScript: the worker has the extension of this file.
const workerUrl = new URL(`./off-thread-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Loads and compiles a catalog on a thread of its own, and takes the result over in slices.
 *
 * The calling thread goes on serving: between two slices it always returns to its event loop. Never rejects: a worker
 * that fails or runs out of memory is the problem `compiler_fault`.
 */
export function compileOffThread(layers: readonly string[]): Promise<CheckedCatalog> {
  return new Promise((resolve) => {
    const worker = new Worker(workerUrl, { workerData: { layers: [...layers] } });
    const collector = new SliceCollector();
    const finish = (result: CheckedCatalog): void => {
      resolve(result); // a second call has no effect
      void worker.terminate();
    };
    worker.on("message", (slice: Slice) => {
      const whole = collector.take(slice);
      if (whole === undefined) setImmediate(() => worker.postMessage("next"));
      else finish(whole);
    });
    worker.on("messageerror", (error) => finish(faulty(error)));
    worker.on("error", (error) => finish(faulty(error)));
    worker.on("exit", (code) => finish(faulty(new Error(`the compiler's thread ended with code ${code}`))));
    worker.postMessage("next");
  });
}

function faulty(error: unknown): CheckedCatalog {
  const cause = error instanceof Error ? error.message : String(error);
  const { severity, hint } = problemCodes.compiler_fault;
  const problem: Problem = { code: "compiler_fault", severity, message: `cannot compile the catalog: ${cause}`, hint };
  return { problems: [problem] };
}
