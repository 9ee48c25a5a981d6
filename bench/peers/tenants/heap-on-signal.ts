/**
 * Loaded ahead of the edge by `--import`, with `?file=PATH`: on SIGUSR2 it collects all garbage and writes to that file what is
 * left, as JSON.
 */
import { renameSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";

/** Bytes after a full collection. */
export interface HeapLeft {
  readonly heapUsed: number;
  /** Of buffers, outside of the heap. */
  readonly external: number;
}

if (isMainThread) {
  const file = new URL(import.meta.url).searchParams.get("file")!;
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  process.on("SIGUSR2", () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const left: HeapLeft = { heapUsed, external };
    writeFileSync(`${file}.new`, JSON.stringify(left));
    renameSync(`${file}.new`, file);
  });
}
