import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { watchCatalog } from "../../src/catalog/watch.ts";

const REPORTED_WITHIN_MS = 2000;
const FIRST_LOOK_MS = 200;

/** A folder mounted the way Kubernetes mounts a ConfigMap. */
function mount(folder: string, version: string): void {
  mkdirSync(join(folder, `..${version}`));
  writeFileSync(join(folder, `..${version}`, "a.yaml"), "a: 1\n");
  symlinkSync(`..${version}`, join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
}

const changes: ReadonlyArray<readonly [rule: string, change: (folder: string) => void, reports: number]> = [
  ["an edit", (folder) => writeFileSync(join(folder, "b.yaml"), "b: 2\n"), 1],
  ["an edit that keeps the size", (folder) => writeFileSync(join(folder, "b.yaml"), "b: 9\n"), 1],
  ["a file that comes", (folder) => writeFileSync(join(folder, "c.yaml"), "c: 1\n"), 1],
  ["a file that comes in a sub-folder", (folder) => writeFileSync(join(folder, "sub", "d.json"), "{}"), 1],
  ["a file that goes", (folder) => rmSync(join(folder, "b.yaml")), 1],
  [
    "a rename over a file",
    (folder) => {
      writeFileSync(join(folder, ".b.yaml.tmp"), "b: 1\n");
      renameSync(join(folder, ".b.yaml.tmp"), join(folder, "b.yaml"));
    },
    1,
  ],
  ["the swap of a ConfigMap", (folder) => mount(folder, "v2"), 1],
  ["a folder that goes as a whole", (folder) => rmSync(folder, { recursive: true }), 1],
  ["another file is none of the catalog's", (folder) => writeFileSync(join(folder, "notes.txt"), "x"), 0],
  ["no change", () => {}, 0],
];

t.jobs = changes.length;
for (const [rule, change, want] of changes) {
  t.test(rule, async (t) => {
    const folder = t.testdir({ "b.yaml": "b: 1\n", sub: {} });
    mount(folder, "v1");
    symlinkSync(join("..data", "a.yaml"), join(folder, "a.yaml"));
    let reports = 0;
    const watch = watchCatalog([folder], () => reports++);
    await sleep(FIRST_LOOK_MS);
    change(folder);
    await sleep(REPORTED_WITHIN_MS);
    t.equal(reports, want, "reported once, in time");
    watch.close();
  });
}
