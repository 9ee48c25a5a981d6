/**
 * The guard and what workers read with, on the same generated requests: nothing in which one of them sees another
 * database passes, and nothing of the legitimate grammar is refused.
 *
 * `SEED=` repeats a run; `CASE=` judges one request, given as the JSON line that a failure prints.
 */
import fc from "fast-check";
import t from "tap";
import { caseOf, type GuardCase, judgeCase } from "../support/guard-cases/case.ts";
import { hostileForm, hostileQuery } from "../support/guard-cases/form.ts";
import { hostileJson } from "../support/guard-cases/json.ts";
import { legitimateCase } from "../support/guard-cases/legitimate.ts";
import { hostileMultipart } from "../support/guard-cases/multipart.ts";
import { mutatedCase } from "../support/guard-cases/mutation.ts";
import { hostileBody } from "../support/xml-grammar.ts";
import { readByPython, readerNames } from "./guard-readers.ts";

const LEGITIMATE = 20_000;
const SHOWN = 10;

const hostileXml = fc
  .tuple(caseOf({ type: fc.constantFrom("text/xml", "", "application/json") }), hostileBody)
  .map(([made, { path, body }]) => ({ ...made, path, body }));

/** Kinds of requests, how many, and how many of them at least some worker must take for another database. */
const hostile: ReadonlyArray<
  readonly [kind: string, arbitrary: fc.Arbitrary<GuardCase>, runs: number, foreign: number]
> = [
  ["JSON", hostileJson, 25_000, 3_500],
  ["XML", hostileXml, 15_000, 1_500],
  ["forms", hostileForm, 15_000, 5_000],
  ["multipart forms", hostileMultipart, 25_000, 3_000],
  ["queries", hostileQuery, 15_000, 5_000],
  ["mutations", mutatedCase, 25_000, 1_200],
];

t.setTimeout(240_000);

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const line = (one: GuardCase) => JSON.stringify(one);

/** Readers that took some request for another database, so far. */
const heard = new Set<string>();

async function foreignAmong(cases: readonly GuardCase[]): Promise<{ one: GuardCase; readings: string[] }[]> {
  const readings = await readByPython(cases);
  for (const reading of readings.flat()) heard.add(reading.split(" ", 1)[0]!);
  return cases.map((one, i) => ({ one, readings: readings[i]! })).filter(({ readings }) => readings.length > 0);
}

function passed(foreign: Awaited<ReturnType<typeof foreignAmong>>): string[] {
  const found = foreign.filter(({ one }) => judgeCase(one) === null);
  return found.slice(0, SHOWN).map(({ one, readings }) => `${readings.join(", ")}: ${line(one)}`);
}

if (process.env.CASE !== undefined) {
  t.strictSame(passed(await foreignAmong([JSON.parse(process.env.CASE)])), [], "the case from the environment");
}

for (const [kind, arbitrary, runs, least] of hostile) {
  t.test(kind, async (t) => {
    const foreign = await foreignAmong(fc.sample(arbitrary, { numRuns: runs, seed }));
    t.strictSame(passed(foreign), [], `none that a worker takes for another database passes, SEED=${seed}`);
    t.ok(foreign.length >= least, "enough of them are such", { foreign: foreign.length });
  });
}

t.test("legitimate requests", async (t) => {
  const cases = fc.sample(legitimateCase, { numRuns: LEGITIMATE, seed });
  const refused = cases.filter((one) => judgeCase(one) !== null);
  const shown = refused.slice(0, SHOWN).map((one) => `${judgeCase(one)!.reason}: ${line(one)}`);
  t.strictSame(shown, [], `none is refused, SEED=${seed}`);
  const foreign = await foreignAmong(cases);
  t.strictSame(passed(foreign), [], "and no worker takes one for another database");
});

t.test("XML away from the doors", async (t) => {
  const elsewhere = fc
    .sample(hostileXml, { numRuns: 5_000, seed })
    .filter(({ path, body }) => path.startsWith("/pages/") && !/methodName|!ENTITY|params|\0/.test(body))
    .map((one) => ({ ...one, type: "text/xml" }));
  const refused = elsewhere.filter((one) => judgeCase(one) !== null);
  t.strictSame(refused.slice(0, SHOWN).map(line), [], `what is no call passes, SEED=${seed}`);
  t.ok(elsewhere.length > 100, "there is some", { elsewhere: elsewhere.length });
});

t.test("the readers", async (t) => {
  t.same([...heard].toSorted(), readerNames.toSorted(), "each of them reads");
});
