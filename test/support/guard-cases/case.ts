/** A generated request for the guard, and the words that such requests are made of. Of a string one char is one byte. */
import fc from "fast-check";
import { findDoor } from "../../../src/policy/doors.ts";
import { BodyGuard } from "../../../src/policy/guard/body-guard.ts";
import { judgeQuery } from "../../../src/policy/guard/query.ts";
import type { BoundNames, Finding } from "../../../src/policy/guard/types.ts";
import { withoutFirstSegment } from "../../../src/policy/path.ts";
import { otherDatabase, ownDatabase } from "../xml-grammar.ts";

/** What the guard sees of a request, and the Odoo major behind it. */
export interface GuardCase {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly type: string;
  readonly body: string;
  readonly major: number;
}

/** A name that the tenant had before. */
export const formerDatabase = "acme-old";

const majors = fc.constantFrom(14, 15, 16, 17, 18, 19);

/** A case of `parts`; what they leave out is a POST of nothing to a path that is no door. */
export function caseOf(parts: { [K in keyof GuardCase]?: fc.Arbitrary<GuardCase[K]> }): fc.Arbitrary<GuardCase> {
  const plain = { method: "POST", path: "/pages/harmless", query: "", type: "", body: "" } as const;
  return fc.record({ major: majors, ...parts }).map((made) => ({ ...plain, ...made }));
}

/** What the guard finds in the query, or else in the body. */
export function judgeCase({ method, path, query, type, body, major }: GuardCase): Finding | null {
  const door = findDoor(path, major) ?? findDoor(withoutFirstSegment(path), major);
  const bound: BoundNames = {
    database: ownDatabase,
    formerDatabases: [formerDatabase],
    odooMajor: major,
    doorKeys: door?.keys ?? [],
    exempt: [],
  };
  const inQuery = judgeQuery(query, bound);
  if (inQuery !== null) return inQuery;
  const guard = new BodyGuard({ bound, door, method, rpc: "bound", judgedPath: path, contentType: type });
  const bytes = Buffer.from(body, "latin1");
  guard.feed(bytes, 0, bytes.length);
  return guard.end();
}

/** Names of databases: mostly another's, some the tenant's own or almost. */
export const databases = fc.oneof(
  { weight: 6, arbitrary: fc.constant(otherDatabase) },
  { weight: 3, arbitrary: fc.constant(ownDatabase) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["", formerDatabase, `${ownDatabase} `, ` ${ownDatabase}`, `${ownDatabase}\0`, `${ownDatabase}\n`],
      ...[ownDatabase.toUpperCase(), ownDatabase.slice(1), `${ownDatabase},${otherDatabase}`, "\xe9", "x".repeat(5000)],
    ),
  },
);

/** Joins what `parts` make. */
export function joined(...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((made) => made.join(""));
}

/** Mostly what usual clients write, sometimes another of `odd`. */
export function mostly(usual: string, ...odd: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 16, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
}

/** `text`, character by character, some of them as one of `escapes` writes them. */
export function escaped(text: string, escapes: ReadonlyArray<(char: string) => string>): fc.Arbitrary<string> {
  const ways = fc.oneof(
    { weight: 5, arbitrary: fc.constant(-1) },
    { weight: 1, arbitrary: fc.nat(escapes.length - 1) },
  );
  return fc
    .array(ways, { minLength: text.length, maxLength: text.length })
    .map((chosen) => chosen.map((way, i) => escapes[way]?.(text[i]!) ?? text[i]!).join(""));
}
