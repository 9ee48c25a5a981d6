/**
 * A process that writes generation `b` into a folder and is killed before its N-th change of the file system:
 * `tree-writer.ts DIR N`. Ends with 0 when there were fewer.
 */
import fs from "node:fs";
import { writeTree } from "../../src/gateway-api/tree/write-tree.ts";
import { replaceFs } from "./faulty-fs.ts";
import { generations } from "./generated-tree.ts";

const [dir = "", killAt = ""] = process.argv.slice(2);
const changes = [
  "chmodSync",
  "fsyncSync",
  "linkSync",
  "mkdirSync",
  "renameSync",
  "rmSync",
  "symlinkSync",
  "writeFileSync",
] as const;
let left = Number(killAt);

replaceFs(
  Object.fromEntries(
    changes.map((name) => {
      const change = fs[name] as (...args: unknown[]) => unknown;
      return [
        name,
        (...args: unknown[]) => {
          if (left-- === 0) process.kill(process.pid, "SIGKILL");
          return change(...args);
        },
      ];
    }),
  ),
);
await writeTree(dir, generations.b);
