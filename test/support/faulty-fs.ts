import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type FsName =
  | "open"
  | "unlink"
  | "write"
  | "read"
  | "close"
  | "chmodSync"
  | "fsyncSync"
  | "linkSync"
  | "mkdirSync"
  | "renameSync"
  | "rmSync"
  | "symlinkSync"
  | "writeFileSync";

/** Replaces functions of `node:fs` for everyone in this process until the returned function is called. */
export function replaceFs(replacements: Partial<Record<FsName, unknown>>) {
  const originals = Object.fromEntries(Object.keys(replacements).map((name) => [name, fs[name as "open"]]));
  Object.assign(fs, replacements);
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
  };
}

/** An error as `node:fs` gives it. */
export function fsError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code, syscall: "test" });
}
