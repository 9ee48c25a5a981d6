import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { demoTries } from "../../src/demo/tries.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const namesIn = (folder: string): string[] => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
const documents = [...readdirSync(root), ...namesIn("docs").map((name) => `docs/${name}`)]
  .filter((file) => file.endsWith(".md"))
  .map((file) => ({ file, text: read(file) }));
const readme = read("README.md");

t.test("documents keep their size", async (t) => {
  const linesMax: Readonly<Record<string, number>> = { "README.md": 60, "ARCHITECTURE.md": 150 };
  for (const [file, max] of Object.entries(linesMax))
    t.ok(read(file).split("\n").length <= max + 1, `${file} has at most ${max} lines`);
});

t.test("the README's catalog is one of the examples", async (t) => {
  const examples = namesIn("config/examples")
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => read(`config/examples/${name}`));
  const blocks = Array.from(readme.matchAll(/```yaml\n(.*?)```/gs), ([, block = ""]) => block);
  t.not(blocks.length, 0, "there is one");
  for (const block of blocks)
    t.ok(
      examples.some((text) => text.includes(block)),
      "it stands in an example",
    );
});

t.test("what the README asks with curl is what the demo's test asks", async (t) => {
  const tries = demoTries(8080).map(({ curl, status, expect }) => `${curl} # ${status}: ${expect}`);
  const lines = readme.split("\n").filter((line) => line.startsWith("curl "));
  t.not(lines.length, 0, "there are some");
  for (const line of lines) t.ok(tries.includes(line.replace(/ +# /, " # ")), line);
});

t.test("links lead somewhere", async (t) => {
  for (const { file, text } of documents)
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
      t.ok(existsSync(join(root, dirname(file), target)), `${file}: ${target}`);
});

t.test("files that are named exist", async (t) => {
  const folders = ["", "src", "src/router", "src/router/steps", "src/router/upstream"];
  for (const { file, text } of documents)
    for (const [, name = ""] of text.matchAll(
      /`((?:[\w-]+\/)*[\w-]+\.ts|(?:src|test|bench|config|docs)\/[\w./-]+)`/g,
    )) {
      const written = name.replace(/\/[A-Z]+$/, ""); // `test/golden/CASE`
      t.ok(
        folders.some((folder) => existsSync(join(root, folder, written))),
        `${file}: ${name}`,
      );
    }
});

t.test("scripts that are named exist", async (t) => {
  const { scripts } = JSON.parse(read("package.json"));
  for (const { file, text } of documents)
    for (const [, name = ""] of text.matchAll(/\bnpm (?:run (?:-s )?)?(?!ci\b|run\b|install\b)([a-z][a-z:]*)/g))
      t.type(scripts[name], "string", `${file}: npm run ${name}`);
});
