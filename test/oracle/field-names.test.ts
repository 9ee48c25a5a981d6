/** The automaton of field names against its plain meaning, on generated tables and names. */
import fc from "fast-check";
import t from "tap";
import { FieldNames, type NameTable } from "../../src/policy/field-names.ts";

/** Few letters, so that names begin alike and are one another's beginnings. */
const lower = fc.string({ unit: fc.constantFrom("a", "b", "-", "2"), minLength: 1, maxLength: 6 });
const sent = fc.string({ unit: fc.constantFrom("a", "A", "b", "B", "-", "2", "_", "c", "!", "9"), maxLength: 8 });
const behind = fc.constantFrom("", ":", " :", "\r\n", "\0", "\x7f", "\xe4a", "a(", "(");
const table: fc.Arbitrary<NameTable> = fc.record({
  kinds: fc.array(fc.tuple(lower, fc.integer({ min: 10, max: 255 })), { maxLength: 8 }).map((rows) => new Map(rows)),
  prefixes: fc.array(lower, { maxLength: 3 }),
  prefixKind: fc.constant(1),
  otherKind: fc.constant(2),
  underscoreKind: fc.constantFrom(null, 3),
});

/** What the table says of one line: how many bytes of it are a name, and which kind that has. */
function plainly({ kinds, prefixes, prefixKind, otherKind, underscoreKind }: NameTable, line: string) {
  const name = (/^[!#$%&'*+.^_`|~0-9A-Za-z-]*/.exec(line)?.[0] ?? "").toLowerCase();
  const byPrefix = prefixes.some((prefix) => name.startsWith(prefix)) ? prefixKind : otherKind;
  const kind = name.includes("_") && underscoreKind !== null ? underscoreKind : (kinds.get(name) ?? byPrefix);
  return { length: name.length, kind };
}

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);

let known = 0;
fc.assert(
  fc.property(table, fc.array(fc.tuple(sent, behind), { minLength: 5, maxLength: 20 }), (given, lines) => {
    const names = new FieldNames(given);
    // A name that is in the table, too: among few letters most are not.
    for (const [name, rest] of [
      ...lines,
      ...[...given.kinds.keys()].map((name) => [name.toUpperCase(), ":"] as const),
    ]) {
      const want = plainly(given, name + rest);
      const read = names.read(Buffer.from(`>${name}${rest}`, "latin1"), 1) - 1;
      if (want.kind > 3) known++;
      if (read !== want.length || names.kind !== want.kind)
        throw new Error(
          `${name}${rest}: ${read} bytes of kind ${names.kind} instead of ${want.length} of ${want.kind}`,
        );
    }
  }),
  { seed, numRuns: 3000 },
);
t.ok(known > 3000, `enough names were in their table: ${known}`);
t.throws(
  () =>
    new FieldNames({
      kinds: new Map([["abcdefghijklmnopqrstuvwxyz012345", 1]]),
      prefixes: [],
      prefixKind: 1,
      otherKind: 2,
      underscoreKind: null,
    }),
  { message: "names are made of 34 characters: too many" },
);
