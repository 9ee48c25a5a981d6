import t from "tap";
import { parseCatalog } from "../../src/catalog/load.ts";

const MANY = 20_000;
const lines = (line: (i: number) => string, count = MANY): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");

const rows: ReadonlyArray<readonly [rule: string, text: string, code: string]> = [
  ["open brackets are measured before they are followed", "[".repeat(MANY), "too_deep"],
  ["so are closed ones", "[".repeat(MANY) + "]".repeat(MANY), "too_deep"],
  ["so are mappings", "{a: ".repeat(MANY), "too_deep"],
  ["so are list items on one line", "- ".repeat(MANY), "too_deep"],
  ["so are keys within keys", "[? ".repeat(MANY), "too_deep"],
  ["a long text is too large", `a: ${"x".repeat(2 ** 20)}`, "document_too_large"],
  ["a long list is too large", `a: [${"1,".repeat(60_000)}]`, "document_too_large"],
  [
    "a chain of aliases costs what it repeats",
    lines((i) => `k${i}: &a${i} [${i === 0 ? 1 : `*a${i - 1}`}]`),
    "alias_bomb",
  ],
  ["many keys are compared once each", `kind: Tier\nspec:\n${lines((i) => `  k${i}: 1`)}`, "unknown_field"],
  [
    "many labels are judged once each",
    `kind: Tier\nmetadata:\n  labels:\n${lines((i) => `    k${i}: 1`)}`,
    "invalid_type",
  ],
  ["many anchors on one value are an error each", "&a ".repeat(MANY), "yaml_syntax"],
];
for (const [rule, text, code] of rows) {
  const { value, problems } = parseCatalog([[{ file: "hostile.yaml", text }]], "hostile.yaml");
  t.equal(value, undefined, rule);
  t.ok(
    problems.some((problem) => problem.code === code),
    `${rule}: ${code}`,
  );
}
