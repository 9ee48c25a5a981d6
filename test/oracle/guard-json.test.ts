/** The reader of JSON bodies against a plain judge on top of `JSON.parse`, over generated bodies. */
import fc from "fast-check";
import t from "tap";
import { JsonReader } from "../../src/policy/guard/json.ts";
import { referenceKey } from "../../src/policy/guard/json-reference.ts";
import { guardFacts, OWN, read } from "../support/guard-bodies.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);
const runs = { seed, numRuns: 6000 };

const paths = ["/jsonrpc", "/web/session/authenticate", "/web/dataset/call_kw", "/web/hook/1"];
const words = ["params", "service", "method", "args", "db", "context", "id", "jsonrpc", "x", ""];
const values = ["common", "db", "object", "billing", "version", "list", "server_version", "authenticate", "execute_kw"];
const text = fc.oneof(
  fc.constantFrom(OWN, "globex", `${OWN}x`, ...words, ...values),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
  fc.boolean(),
);
const name = fc.oneof(fc.constantFrom(...words), fc.stringMatching(/^[a-zé"\\/]{1,5}$/u));
const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(name, tie("any"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const often = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: any });
const args = fc
  .tuple(often(fc.constantFrom(OWN, OWN, "globex")), fc.array(any, { maxLength: 3 }))
  .map((list) => list.flat());
const call = fc.record(
  {
    service: often(fc.constantFrom("common", "db", "object", "billing")),
    method: often(fc.constantFrom(...values.slice(4))),
    args: often(fc.oneof({ weight: 4, arbitrary: args }, { weight: 1, arbitrary: fc.constant([]) })),
    db: often(fc.constantFrom(OWN, OWN, "globex")),
    context: any,
  },
  { requiredKeys: [], noNullPrototype: true },
);
const pairs = fc.array(fc.tuple(name, any), { maxLength: 3 });
const top = fc.record(
  { id: any, params: fc.oneof({ weight: 8, arbitrary: call }, pairs, any) },
  { requiredKeys: [], noNullPrototype: true },
);
const body = fc.oneof({ weight: 8, arbitrary: top }, any);

/** How one body is written: white space, escapes and the order of members, from a stream of numbers. */
function spell(value: unknown, next: () => number): string {
  const blank = () => [" ", "\n", "\t\r", "", "", "", "", ""][next() & 7]!;
  if (typeof value === "string") return `${blank()}${spellText(value, next)}${blank()}`;
  if (Array.isArray(value)) return `${blank()}[${value.map((item) => spell(item, next)).join(",")}${blank()}]`;
  if (typeof value !== "object" || value === null) return `${blank()}${JSON.stringify(value)}${blank()}`;
  const members = Object.entries(value).map(([key, item]) => `${spell(key, next)}:${spell(item, next)}`);
  const shift = members.length === 0 ? 0 : next() % members.length;
  return `${blank()}{${[...members.slice(shift), ...members.slice(0, shift)].join(",")}${blank()}}${blank()}`;
}

function spellText(value: string, next: () => number): string {
  const units = value.split("").map((unit) => {
    const escaped = `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return (next() & 15) === 0 ? escaped : JSON.stringify(unit).slice(1, -1);
  });
  return `"${units.join("")}"`;
}

const spelt = fc.tuple(body, fc.infiniteStream(fc.nat(255))).map(([value, numbers]) => {
  return Buffer.from(
    spell(value, () => numbers.next().value),
    "utf8",
  ).toString("latin1");
});
const facts = fc.tuple(fc.constantFrom(...paths), fc.constantFrom("POST", "POST", "POST", "GET"));

function keyFound(path: string, method: string, bytes: string, splits: readonly number[]): string {
  return read(new JsonReader(guardFacts(path, "application/json", {}, method)), bytes, splits)?.key ?? "";
}

function keyWanted(path: string, method: string, bytes: string): string | null {
  try {
    return referenceKey(
      Buffer.from(bytes, "latin1").toString("utf8"),
      guardFacts(path, "application/json", {}, method),
    );
  } catch {
    return null;
  }
}

t.test("every JSON body is judged as by the plain version, at any split", async (t) => {
  const counts = { refused: 0, passed: 0 };
  fc.assert(
    fc.property(spelt, facts, fc.nat(), (bytes, [path, method], at) => {
      const want = keyWanted(path, method, bytes);
      counts[want === "" ? "passed" : "refused"]++;
      const split = at % (bytes.length + 1);
      return keyFound(path, method, bytes, []) === want && keyFound(path, method, bytes, [split]) === want;
    }),
    runs,
  );
  t.ok(counts.passed > runs.numRuns / 10 && counts.refused > runs.numRuns / 10, `both ways: ${JSON.stringify(counts)}`);
});

const pieces = [
  '"',
  "\\",
  ",",
  ":",
  "{",
  "}",
  "[",
  "]",
  "\0",
  " ",
  "\xff",
  "\\u0064",
  '"db"',
  '"params":',
  "NaN",
  "]]",
  '{"a":1}',
];
const edit = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...pieces));

t.test("a body with errors and repeated names passes only what the plain version passes", async (t) => {
  let readable = 0;
  fc.assert(
    fc.property(spelt, facts, fc.array(edit, { minLength: 1, maxLength: 3 }), (original, [path, method], edits) => {
      const bytes = edits.reduce((body, [at, removed, piece]) => {
        const start = at % (body.length + 1);
        return body.slice(0, start) + piece + body.slice(start + removed);
      }, original);
      const want = keyWanted(path, method, bytes);
      if (want === null || want === "") return true;
      readable++;
      return keyFound(path, method, bytes, []) !== "";
    }),
    runs,
  );
  t.ok(readable > 50, `enough could still be read and are refused: ${readable}`);
});
