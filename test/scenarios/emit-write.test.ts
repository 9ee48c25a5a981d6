import { execFileSync } from "node:child_process";
import fs, { mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { compareTree } from "../../src/gateway-api/tree/compare-tree.ts";
import { TreeError } from "../../src/gateway-api/tree/tree-error.ts";
import { writeTree } from "../../src/gateway-api/tree/write-tree.ts";
import { temporaryFolder } from "../support/cli.ts";
import { fsError, replaceFs } from "../support/faulty-fs.ts";
import { generations, lookAt, put } from "../support/generated-tree.ts";

const root = temporaryFolder(t);
const { a, b } = generations;
let count = 0;

/** A folder that is not there yet, alone in one that is. */
function freshFolder(): string {
  const parent = join(root, String(count++));
  mkdirSync(parent);
  return join(parent, "out");
}

t.test("what is written is what was wanted, and no drift", async (t) => {
  const out = freshFolder();
  t.same(await writeTree(out, a), { drift: compareTree(join(root, "none"), a), unchanged: 0 });
  const { "old/": _, "tenants/": __, ...files } = lookAt(out)!;
  t.same(files, Object.fromEntries(a), "the files, and nothing else");
  t.same(compareTree(out, a), []);
  const again = await writeTree(out, a);
  t.same([again.drift, again.unchanged], [[], a.size], "a second time there is nothing to do");
});

t.test("the next generation: changed, new, stale; the rest is left as it was", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  utimesSync(join(out, "kept.yaml"), 1_000, 2_000);
  const { ino } = statSync(join(out, "tenants/globex.yaml"));
  const kinds = compareTree(out, b).map(({ path, kind }) => `${kind} ${path}`);
  t.same(kinds, [
    "different kustomization.yaml",
    "missing new/initech.yaml",
    "missing new/kustomization.yaml",
    "stale old/hooli.yaml",
    "stale old/kustomization.yaml",
    "different tenants/acme.yaml",
  ]);
  const { drift, unchanged } = await writeTree(out, b);
  t.same([drift.map(({ path, kind }) => `${kind} ${path}`), unchanged], [kinds, 3]);
  t.same(compareTree(out, b), []);
  t.same(readdirSync(out), ["kept.yaml", "kustomization.yaml", "new", "tenants"], "an empty folder goes");
  t.equal(statSync(join(out, "kept.yaml")).mtimeMs, 2_000_000, "an unchanged file keeps its time");
  t.equal(statSync(join(out, "tenants/globex.yaml")).ino, ino, "and is the same file");
  t.same(readdirSync(join(out, "..")), ["out"], "nothing is left beside it");
});

t.test("what is foreign stays, byte for byte", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  const foreign = new Map([
    ["README.md", "mine\n"],
    [".git/config", "[core]\n"],
    ["old/notes.yaml", "kind: Mine\n"],
    ["tenants/own.json", '{ "kind": "List" }'],
    ["mentions.yaml", "kind: X\nmetadata: { labels: { app.kubernetes.io/managed-by: hostward } }\n"],
    ["other/kustomization.yaml", a.get("kustomization.yaml")!],
    ["other/tenants/umbrella.yaml", a.get("tenants/acme.yaml")!],
    [".hidden/acme.yaml", a.get("tenants/acme.yaml")!],
  ]);
  put(out, foreign);
  mkdirSync(join(out, "empty"), { mode: 0o750 });
  symlinkSync("nowhere", join(out, "link.yaml"));
  const inodes = (): number[] => [...foreign.keys()].map((path) => statSync(join(out, path)).ino);
  const before = inodes();
  await writeTree(out, b);
  const after = lookAt(out)!;
  for (const [path, text] of foreign) t.equal(after[path], text, path);
  t.same(inodes(), before, "the files themselves, for whoever has them open");
  t.same([after["link.yaml"], after["empty/"], after["old/hooli.yaml"]], ["-> nowhere", "", undefined]);
  t.equal(statSync(join(out, "empty")).mode & 0o777, 0o750, "a folder keeps its mode");
  t.same(compareTree(out, b), [], "and is no drift");
});

t.test("a file that lost its first line is somebody's own", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  const path = join(out, "tenants/acme.yaml");
  writeFileSync(path, a.get("tenants/acme.yaml")!.split("\n").slice(1).join("\n"));
  t.same(
    compareTree(out, b)
      .filter(({ kind }) => kind === "occupied")
      .map((drift) => drift.path),
    ["tenants/acme.yaml"],
  );
});

/** Ways in which a folder cannot be written; each is made in the parent of `out`, and nothing may change. */
const refusals: ReadonlyArray<
  readonly [rule: string, arrange: (out: string) => unknown, message: RegExp, hint: RegExp]
> = [
  [
    "a file in the way",
    (out) => put(out, [["tenants/acme.yaml", "kind: Mine\n"]]),
    /`.*tenants\/acme\.yaml`$/,
    /move it away/,
  ],
  [
    "several",
    (out) =>
      put(out, [
        ["kept.yaml", ""],
        ["new/initech.yaml", ""],
      ]),
    /kept\.yaml`, nor 1 more$/,
    /move it away/,
  ],
  ["a foreign file where a folder must be", (out) => put(out, [["new", "mine"]]), /new\/initech\.yaml/, /move it away/],
  ["a foreign folder where a file must be", (out) => put(out, [["kept.yaml/mine", ""]]), /kept\.yaml/, /move it away/],
  ["an empty one too", (out) => mkdirSync(join(out, "kept.yaml"), { recursive: true }), /kept\.yaml/, /move it away/],
  [
    "a link where a file must be",
    (out) => {
      mkdirSync(out);
      symlinkSync("/dev/null", join(out, "kept.yaml"));
    },
    /kept\.yaml/,
    /move it away/,
  ],
  [
    "a link where a folder must be",
    (out) => {
      mkdirSync(out);
      symlinkSync(".", join(out, "new"));
    },
    /new\/initech\.yaml/,
    /move it away/,
  ],
  ["the folder is a file", (out) => writeFileSync(out, "mine"), /out`: it is no folder$/, /name a folder/],
  ["the folder is a link", (out) => symlinkSync(".", out), /out`: it is a symbolic link$/, /that it points to/],
  ["no folder above", (out) => join(out, "tree"), /out\/tree`: there is no folder `.*out`$/, /make it/],
  [
    "a file above",
    (out) => {
      writeFileSync(out, "");
      return join(out, "tree");
    },
    /there is no folder/,
    /make it/,
  ],
  [
    "something that is no file",
    (out) => {
      mkdirSync(out);
      execFileSync("mkfifo", [join(out, "pipe")]);
    },
    /`pipe` is no file/,
    /move it away/,
  ],
  [
    "a living writer",
    (out) => put(join(out, "../.out.hostward"), [["writer", String(process.ppid)]]),
    /process \d+ is writing there$/,
    /wait for it/,
  ],
];
for (const [rule, arrange, message, hint] of refusals) {
  t.test(`refused: ${rule}`, async (t) => {
    const out = freshFolder();
    const named = arrange(out);
    const dir = typeof named === "string" ? named : out;
    const before = listing(out);
    const error = await writeTree(dir, b).catch((cause) => cause);
    t.type(error, TreeError);
    t.match(error.message, message);
    t.match(error.hint, hint);
    t.same(listing(out), before, "nothing was changed");
  });
}

/** Names of everything beside and in a folder. */
function listing(out: string): string[] {
  return readdirSync(join(out, ".."), { recursive: true, encoding: "utf8" }).sort();
}

t.test("the current folder cannot be replaced under whoever stands in it", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  const back = process.cwd();
  process.chdir(join(out, "tenants"));
  t.teardown(() => process.chdir(back));
  await t.rejects(writeTree("..", b), { message: /the current folder is in it/, hint: /change to `.*` first/ });
  t.same((await writeTree("..", a)).drift, [], "when there is nothing to do it does not matter");
  process.chdir(back);
});

type FsName = keyof Parameters<typeof replaceFs>[0] & `${string}Sync`;
const faults: ReadonlyArray<readonly [code: string, name: FsName, nth: number, message: RegExp, hint: RegExp]> = [
  ["EACCES", "mkdirSync", 1, /EACCES/, /the one above it must be writable/],
  ["EROFS", "mkdirSync", 1, /EROFS/, /read-only/],
  ["ENOSPC", "mkdirSync", 3, /ENOSPC/, /free some space/],
  ["ENOSPC", "writeFileSync", 1, /ENOSPC/, /free some space/],
  ["ENOSPC", "writeFileSync", 4, /ENOSPC/, /free some space/],
  ["EDQUOT", "writeFileSync", 2, /EDQUOT/, /free some space/],
  ["EIO", "linkSync", 1, /EIO/, /nothing was changed/],
  ["EXDEV", "linkSync", 1, /in one step: something is mounted in it$/, /unmount it/],
  ["EIO", "fsyncSync", 1, /EIO/, /nothing was changed/],
  ["EBUSY", "renameSync", 1, /in one step: it is a mount point$/, /name a folder in it/],
  ["EIO", "renameSync", 2, /EIO/, /nothing was changed/],
];
for (const [code, name, nth, message, hint] of faults) {
  t.test(`${name} number ${nth} fails with ${code}`, async (t) => {
    const out = freshFolder();
    await writeTree(out, a);
    put(out, [["README.md", "mine\n"]]);
    const before = lookAt(join(out, ".."));
    const restore = failFrom(name, (call) => call === nth, code);
    const error = await writeTree(out, b).catch((cause) => cause);
    restore();
    t.type(error, TreeError);
    t.match(error.message, message);
    t.match(error.hint, hint);
    t.same(lookAt(join(out, "..")), before, "nothing was changed, and nothing is left");
    await writeTree(out, b);
    t.same(compareTree(out, b), [], "the next run does it");
  });
}

/** Lets the calls of a function fail that `fails` chooses by their number, from 1. */
function failFrom(name: FsName, fails: (call: number) => boolean, code: string): () => void {
  const original = fs[name] as (...args: unknown[]) => unknown;
  let calls = 0;
  const faulty = (...args: unknown[]): unknown => {
    if (fails(++calls)) throw fsError(code);
    return original(...args);
  };
  return replaceFs({ [name]: faulty });
}

t.test("a folder that cannot be put back is not lost", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  put(out, [["README.md", "mine\n"]]);
  const restore = failFrom("renameSync", (call) => call > 1, "EIO");
  await t.rejects(writeTree(out, b), TreeError);
  restore();
  t.equal(lookAt(out), null, "it is away");
  await writeTree(out, b);
  t.equal(lookAt(out)?.["README.md"], "mine\n", "the next run brings it back");
});

t.test("what comes while the next generation is built is carried over", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  const { renameSync } = fs;
  const restore = replaceFs({
    renameSync: (from: string, to: string) => {
      if (from === out) put(out, [["late/notes.md", "mine\n"]]);
      renameSync(from, to);
    },
  });
  await writeTree(out, b);
  restore();
  t.equal(lookAt(out)?.["late/notes.md"], "mine\n");
});

t.test("a file system without hard links: copies, with their times", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  put(out, [["README.md", "mine\n"]]);
  for (const name of ["README.md", "kept.yaml"]) utimesSync(join(out, name), 1_000, 2_000);
  const restore = failFrom("linkSync", () => true, "EPERM");
  await writeTree(out, b);
  restore();
  t.same(compareTree(out, b), []);
  for (const name of ["README.md", "kept.yaml"]) t.equal(statSync(join(out, name)).mtimeMs, 2_000_000, name);
});

t.test("what cannot be removed afterwards is told, and the tree is whole", async (t) => {
  const out = freshFolder();
  await writeTree(out, a);
  const restore = failFrom("rmSync", () => true, "EACCES");
  await t.rejects(writeTree(out, b), {
    message: /is written, but the one before is left/,
    hint: /^remove `.*\.hostward`$/,
  });
  restore();
  t.same(compareTree(out, b), []);
});
