import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { isCatalogName, readLayer } from "../../src/catalog/files.ts";
import { printProblems } from "../../src/catalog/print-problems.ts";

const folder = t.testdir({
  mount: { "..2024_01": { "a.yaml": "a: 1\n" } },
  sorted: { "b.yaml": "", "a.yml": "", "c.json": "", "d.txt": "", sub: { "e.yaml": "" }, ".git": { "f.yaml": "" } },
  "direct.conf": "a: 1\n",
  "bom.yaml": "\ufeffa: 1\n",
});
symlinkSync("..2024_01", join(folder, "mount", "..data"));
symlinkSync(join("..data", "a.yaml"), join(folder, "mount", "a.yaml"));
symlinkSync("nowhere", join(folder, "dangling.yaml"));
writeFileSync(join(folder, "latin1.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
mkdirSync(join(folder, "folder.yaml"));
chmodSync(join(folder, "folder.yaml"), 0o755);

const rows: ReadonlyArray<readonly [rule: string, layer: string, files: readonly string[], codes: readonly string[]]> =
  [
    ["a mounted ConfigMap's files are read once, through their links", "mount", ["mount/a.yaml"], []],
    [
      "files are sorted; other and hidden ones are left out",
      "sorted",
      ["a.yml", "b.yaml", "c.json", "sub/e.yaml"].map((name) => `sorted/${name}`),
      [],
    ],
    ["a file that is named is read whatever its name", "direct.conf", ["direct.conf"], []],
    ["a byte order mark is no content", "bom.yaml", ["bom.yaml"], []],
    ["a folder named like a file is a folder", "folder.yaml", [], []],
    ["a layer that is not there is a problem", "missing", [], ["unreadable"]],
    ["a link to nothing is a problem", "dangling.yaml", [], ["unreadable"]],
    ["a file in Latin-1 is a problem", "latin1.yaml", [], ["not_utf8"]],
  ];
for (const [rule, layer, files, codes] of rows) {
  const { texts, problems } = readLayer(join(folder, layer));
  t.same(
    texts.map(({ file }) => file),
    files.map((file) => join(folder, file)),
    rule,
  );
  t.same(
    problems.map(({ code }) => code),
    codes,
    `${rule}: problems`,
  );
}
t.match(readLayer("/dev/null").problems, [{ code: "unreadable" }], "a device is not read");
t.equal(readLayer(join(folder, "bom.yaml")).texts[0]?.text, "a: 1\n", "the byte order mark is dropped");
t.notOk(isCatalogName(".#a.yaml", "file"), "an editor's lock is no catalog file");

const place = { file: "a.yaml", line: 3, column: 7, path: "/spec" };
const problems = [
  { code: "one", severity: "error", message: "cannot read", file: "a.yaml" },
  { code: "two", severity: "error", message: "cannot use", hint: "use another", ...place },
  { code: "three", severity: "warning", message: "unused" },
] as const;
const printed = `a.yaml: error[one]: cannot read
a.yaml:3:7: error[two]: cannot use
  hint: use another
warning[three]: unused
2 errors, 1 warning
`;
t.equal(printProblems(problems), printed, "problems are printed with their places and hints");
t.equal(printProblems([]), "no problems\n", "no problems are said to be none");
