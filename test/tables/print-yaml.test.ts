import fc from "fast-check";
import t from "tap";
import { parse } from "yaml";
import { printYaml } from "../../src/gateway-api/print-yaml.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** What readers of both versions of YAML make of a text. */
const readings = (text: string): unknown[] => [parse(text, { version: "1.2" }), parse(text, { version: "1.1" })];
const same = (value: unknown, rule: string): void => {
  const json = JSON.stringify(value);
  t.same(
    readings(printYaml(value)).map((read) => JSON.stringify(read)),
    [json, json],
    rule,
  );
};

// Each is a text, and stays one, though some reader takes it bare for a number, a date, a boolean, null or structure.
const traps =
  `y Y n N yes Yes YES no No NO on On ON off Off OFF true True false False null Null NULL ~ = << . .. ... - -- --- ?
  ! & * | > % @ \` [] {} [a] {a} a:b a: :a a#b #a 0 1 -1 +1 00 07 0o7 0x1F 0b1 1_000 1. .5 1.0 1e3 1E3 1e+3 .inf -.inf .Inf .NaN
  12:30 12:30:45 1:2 190:20:30 2001-12-14 2001-12-14T21:59:43Z 10.0.0.0/8 18.0 ::1 fe80::/10 30s 1m30s 500ms 8Mi 1h 5d 1s30
  !!str !!binary a,b a' 'a "a a"b \\ \\n /+ ^/x$ (?i) */* x-1 _x a/b/ acme.example 0.0.0.0 1e 0x 0o 0b1_0 e1 E e3 inf nan Infinity NaN`.split(
    /\s+/,
  );
const spaced = [
  "",
  " ",
  " a",
  "a ",
  "a b",
  "a: b",
  "a #b",
  "- a",
  "? a",
  "a\nb",
  "a\n",
  "\n",
  "\t",
  "a\tb",
  "\r\n",
  "%YAML 1.1",
  "--- a",
];
const strange = [
  "\0",
  "\x1b[31m",
  "\x7f",
  "\x85",
  "\xa0",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\ufeffa",
  "\uffff",
  "é",
  "日本",
  "😀",
  "a\u0301",
];
for (const text of [...traps, ...spaced, ...strange]) {
  // A raw line separator in a name ends the runner.
  const shown = JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
  same(text, `${shown} alone`);
  same({ key: text, list: [text] }, `${shown} as a value`);
  same({ [text]: 1 }, `${shown} as a key`);
}

const values: ReadonlyArray<readonly [rule: string, value: unknown]> = [
  ["no fields", {}],
  ["no items", []],
  ["nothing within", { a: {}, b: [], c: [[]], d: [{}], e: null }],
  ["lists of lists", [[1, [2, [3]]], [[4]]]],
  ["objects in lists", [{ a: 1, b: [{ c: { d: [] } }] }, { e: { f: "g" } }]],
  ["numbers", [0, -1, 1.5, 8069, 2 ** 53, 1e21, -1e21, 1e-7, 1.5e-7, 1.25e300, 5e-324]],
  ["truth", [true, false, null]],
  ["a name that objects have", JSON.parse('{"__proto__":{"a":1},"constructor":2}')],
];
for (const [rule, value] of values) same(value, rule);

t.equal(
  printYaml({
    kind: "A",
    metadata: { name: "a", labels: { x: "no" } },
    spec: { hosts: ["a.example"], rules: [{ m: [{ v: 1 }], t: "30s" }] },
  }),
  `kind: A
metadata:
  name: a
  labels:
    x: "no"
spec:
  hosts:
    - a.example
  rules:
    - m:
        - v: 1
      t: 30s
`,
  "block style, two spaces, bare only where it is plain",
);
t.equal(printYaml({ a: undefined, b: 1 }), "b: 1\n", "a field without a value is left out");
t.equal(printYaml({ a: "x y ".repeat(500) }).split("\n").length, 2, "a long text stays on its line");
for (const value of [Number.NaN, Number.POSITIVE_INFINITY, [undefined], 1n, { ["k".repeat(1_100)]: 1 }]) {
  t.throws(() => printYaml(value), Error, "what is no JSON, or no key, is a bug");
}

t.test("generated data is read back as it was", async (t) => {
  const hostile = fc.stringMatching(/^[-+0-9a-fnoxyNOY.:_eE~ #'"\\{}[\],&*!|>%@`=<?/]{0,12}$/);
  const texts = fc.oneof(hostile, fc.string({ unit: "binary", maxLength: 30 }), fc.constantFrom(...traps));
  const data = fc.jsonValue({ stringUnit: "binary", maxDepth: 5 });
  const nested = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      texts,
      fc.array(tie("node"), { maxLength: 4 }),
      fc.dictionary(texts, tie("node"), { maxKeys: 4 }),
    ),
  })).node;
  const holds = fc.property(fc.oneof(nested, data), (value) => {
    const json = JSON.stringify(value);
    return readings(printYaml(value)).every((read) => JSON.stringify(read) === json);
  });
  t.doesNotThrow(() => fc.assert(holds, { seed, numRuns: 3_000 }), `seed ${seed}`);
});
