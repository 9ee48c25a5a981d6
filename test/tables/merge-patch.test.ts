import t from "tap";
import { type Located, mergePatch, toJson } from "../../src/catalog/located.ts";
import { readYaml } from "../../src/catalog/read-yaml.ts";

const located = (json: string): Located => readYaml("patch.json", json).documents[0]!;

// RFC 7396, appendix A, for targets and patches that are objects.
const rows: ReadonlyArray<readonly [rule: string, target: string, patch: string, want: unknown]> = [
  ["a value replaces", '{"a":"b"}', '{"a":"c"}', { a: "c" }],
  ["a new key is added", '{"a":"b"}', '{"b":"c"}', { a: "b", b: "c" }],
  ["null removes", '{"a":"b"}', '{"a":null}', {}],
  ["null removes only its key", '{"a":"b","b":"c"}', '{"a":null}', { b: "c" }],
  ["a text replaces a list", '{"a":["b"]}', '{"a":"c"}', { a: "c" }],
  ["a list replaces a text", '{"a":"c"}', '{"a":["b"]}', { a: ["b"] }],
  ["objects are merged", '{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', { a: { b: "d" } }],
  ["lists are replaced whole", '{"a":[{"b":"c"}]}', '{"a":[1]}', { a: [1] }],
  ["a null that is there already stays", '{"e":null}', '{"a":1}', { e: null, a: 1 }],
  ["nulls of a new object are dropped", "{}", '{"a":{"bb":{"ccc":null}}}', { a: { bb: {} } }],
  ["an object replaces a list", '{"a":[1,2]}', '{"a":{"b":1}}', { a: { b: 1 } }],
  [
    "__proto__ is a key like any other",
    '{"__proto__":{"a":1}}',
    '{"__proto__":{"b":2}}',
    JSON.parse('{"__proto__":{"a":1,"b":2}}'),
  ],
];
for (const [rule, target, patch, want] of rows) {
  t.equal(JSON.stringify(toJson(mergePatch(located(target), located(patch)))), JSON.stringify(want), rule);
}
