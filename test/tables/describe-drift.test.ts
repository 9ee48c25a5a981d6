import t from "tap";
import type { Drift } from "../../src/gateway-api/tree/compare-tree.ts";
import { describeDrift } from "../../src/gateway-api/tree/describe-drift.ts";

const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, i) => `${word}${i}\n`).join("");
const different = (actual: string, wanted: string, path = "a.yaml"): Drift => ({
  path,
  kind: "different",
  actual,
  wanted,
});
const names = "--- a.yaml (as it is)\n+++ a.yaml (as the catalog says)\n";

const rows: ReadonlyArray<readonly [rule: string, drift: readonly Drift[], want: string]> = [
  ["nothing", [], ""],
  ["a line for a missing file", [{ path: "a.yaml", kind: "missing", actual: "", wanted: "a\n" }], "missing: a.yaml\n"],
  [
    "a line for a stale one",
    [{ path: "a.yaml", kind: "stale", actual: "a\n", wanted: "" }],
    "stale: a.yaml (generated, but no longer part of the tree)\n",
  ],
  [
    "a line for a foreign one",
    [{ path: "a.yaml", kind: "occupied", actual: "", wanted: "a\n" }],
    "occupied: a.yaml (something that was not generated is in its place)\n",
  ],
  [
    "a diff with its context",
    [different("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nfive\n6\n7\n8\n")],
    `${names}@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n`,
  ],
  [
    "a last line without its end",
    [different("a", "a\n")],
    `${names}@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n`,
  ],
  ["a file that became empty", [different("", "a\n")], `${names}@@ -0,0 +1,1 @@\n+a\n`],
  [
    "a file that is another one: not looked for how",
    [different(lines(60_000, "a"), lines(60_000, "b"))],
    `${names}... over 1000 lines differ\n`,
  ],
];
for (const [rule, drift, want] of rows) t.equal(describeDrift(drift), want, rule);

t.test("bounded", async (t) => {
  const one = describeDrift([different(lines(100, "a"), lines(100, "b"))]);
  t.equal(one.split("\n").length, 122, "120 lines of a file, and how many more there are");
  t.match(one, /\.\.\. and 83 more lines of a\.yaml\n$/);
  const long = describeDrift([different("a\n", `${"b".repeat(10_000)}\n`)]);
  t.match(long, /\n\+b{399} \.\.\. and 9601 more characters\n$/, "and 400 characters of a line");
  const all = Array.from({ length: 10_000 }, (_, i) => different(lines(100, "a"), lines(100, "b"), `${i}.yaml`));
  t.ok(describeDrift(all).split("\n").length <= 725, "600 lines in all, the last file whole");
  t.match(describeDrift(all), /\.\.\. and 9995 more files\n$/);
});
