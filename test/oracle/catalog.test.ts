import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { parseCatalog } from "../../src/catalog/load.ts";
import { compilePlan } from "../../src/plan/compile.ts";

const SEED = 20_260_101;
const MUTATIONS = 1000;
t.comment(`seed ${SEED}`);

const folder = join(import.meta.dirname, "../../config/examples/planapulse");
const files = readdirSync(folder).sort();
const documents = files.flatMap((file) => readFileSync(join(folder, file), "utf8").split(/^---$/m));

/** The plan that these documents give, as text; documents are dealt out to files of the given sizes. */
function planOf(texts: readonly string[], sizes: readonly number[]): string {
  const layer: Array<{ file: string; text: string }> = [];
  let from = 0;
  for (const [i, size] of [...sizes, texts.length].entries()) {
    layer.push({ file: `${i}.yaml`, text: texts.slice(from, from + size).join("\n---\n") });
    from += size;
  }
  const { value, problems } = parseCatalog([layer], "catalog");
  return value === undefined ? JSON.stringify(problems) : JSON.stringify(compilePlan(value));
}

t.test("the order of documents and files does not change a byte of the plan", async (t) => {
  const want = planOf(documents, []);
  t.match(want, /^\{"hash":"[0-9a-f]{64}"/, "the catalog compiles");
  const orders = fc.shuffledSubarray(documents, { minLength: documents.length });
  const sizes = fc.array(fc.nat(documents.length), { maxLength: 4 });
  fc.assert(
    fc.property(orders, sizes, (order, parts) => planOf(order, parts) === want),
    { seed: SEED, numRuns: 50 },
  );
});

t.test("a plan is frozen all the way down", async (t) => {
  const { value } = parseCatalog([[{ file: "all.yaml", text: documents.join("\n---\n") }]], "catalog");
  const open: string[] = [];
  const visit = (part: unknown, path: string): void => {
    if (typeof part !== "object" || part === null) return;
    if (!Object.isFrozen(part)) open.push(path);
    for (const [key, inner] of Object.entries(part)) visit(inner, `${path}/${key}`);
  };
  visit(compilePlan(value!), "");
  t.same(open, []);
});

// Pieces that mean something to YAML or to the schema, thrown into catalogs at random places.
const pieces = [
  "",
  " ",
  "\n",
  "\t",
  "---\n",
  "- ",
  ": ",
  "? ",
  "*a ",
  "&a ",
  "!!str ",
  "!x ",
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  "#",
  "|",
  ">",
  "%YAML 1.1\n",
  "<<: *a\n",
  "null",
  "~",
  "{}",
  "[]",
  "-1",
  "1e999",
  ".nan",
  "0x10",
  "true",
  "__proto__",
  "constructor",
  "kind: Edge\n",
  "spec: []\n",
  "metadata: 5\n",
  "\u0000",
  "\ufeff",
  "\ud800",
  "é",
  "::1",
  "0.0.0.0/0",
  "www.acme.planapulse.app",
  "acme.planapulse.app",
  "[".repeat(40),
  "- ".repeat(40),
  "a: ".repeat(5),
];

t.test("catalogs with random mutations are refused or compiled, and never throw", async (t) => {
  const whole = documents.join("\n---\n");
  const edit = fc.record({ at: fc.nat(whole.length), cut: fc.nat(60), piece: fc.constantFrom(...pieces) });
  const catalogs = fc.sample(fc.array(edit, { minLength: 1, maxLength: 6 }), { seed: SEED, numRuns: MUTATIONS });
  let refused = 0;
  for (const edits of catalogs) {
    const mutate = (text: string, { at, cut, piece }: (typeof edits)[number]) =>
      text.slice(0, at) + piece + text.slice(at + cut);
    const text = edits.reduce(mutate, whole);
    const { value, problems } = parseCatalog([[{ file: "mutated.yaml", text }]], "catalog");
    if (value === undefined) refused++;
    else compilePlan(value);
    if ((value === undefined) !== problems.some((problem) => problem.severity === "error"))
      t.fail(`value and errors disagree: ${text}`);
    const vague = problems.find(
      (problem) => problem.hint === undefined || (problem.line === undefined && !/^no_/.test(problem.code)),
    );
    if (vague !== undefined) t.fail(`a problem without place or hint: ${JSON.stringify(vague)}`);
  }
  t.ok(refused > MUTATIONS / 2, `${refused} of ${MUTATIONS} were refused`);
});
