/** How the guard's tests read a body: whole, and at every split. */
import { findDoor } from "../../src/policy/doors.ts";
import { BodyGuard } from "../../src/policy/guard/body-guard.ts";
import type { BodyReader, BoundNames, Finding, GuardFacts } from "../../src/policy/guard/types.ts";
import { withoutFirstSegment } from "../../src/policy/path.ts";

/** The tenant's database in the guard's tests. */
export const OWN = "acme.example";

/** Splits of a body that are tried, at most; more of them are sampled evenly. */
const SPLITS_MAX = 400;

const bound: BoundNames = { database: OWN, formerDatabases: ["acme-old"], odooMajor: 17, doorKeys: [], exempt: [] };

/** Facts of a POST to `path`, as the guard step makes them. */
export function guardFacts(
  path: string,
  contentType: string,
  more: Partial<BoundNames> = {},
  method = "POST",
): GuardFacts {
  const door = findDoor(path, 17) ?? findDoor(withoutFirstSegment(path), 17);
  return {
    bound: { ...bound, doorKeys: door?.keys ?? [], ...more },
    door,
    method,
    rpc: "bound",
    judgedPath: path,
    contentType,
  };
}

/** `reading key` of the finding, or empty; one char of `body` is one byte. */
export function judgeBody(facts: GuardFacts, body: string): string {
  return word(read(new BodyGuard(facts), body, []));
}

/** What the body is found to be whole and at any split into two or three: one entry when all agree. */
export function verdicts(facts: GuardFacts, body: string): string[] {
  const make = (f: GuardFacts): Reader => new BodyGuard(f);
  const step = Math.max(1, Math.floor(body.length / SPLITS_MAX));
  const found = new Set<string>([full(read(make(facts), body, [])), full(judgeShown(facts, body, []))]);
  for (let at = 0; at <= body.length; at += step) {
    found.add(full(read(make(facts), body, [at])));
    found.add(full(read(make(facts), body, [at, Math.min(at + 1, body.length)])));
    found.add(full(judgeShown(facts, body, [at])));
  }
  if (body.length <= SPLITS_MAX)
    found.add(
      full(
        read(
          make(facts),
          body,
          Array.from(body, (_, i) => i),
        ),
      ),
    );
  return [...found];
}

/** Shows a guard a body as the edge does: at its end, where the guard prefers that; else as it comes, in pieces cut at `splits`. */
export function showBody(guard: BodyGuard, body: string, splits: readonly number[]): void {
  const bytes = Buffer.from(body, "latin1");
  const cuts = [...splits, bytes.length];
  const pieces = cuts.map((to, i) => bytes.subarray(i === 0 ? 0 : cuts[i - 1], to));
  if (bytes.length > 0 && guard.prefersWhole(bytes[0]!)) {
    guard.feedWhole({ text: splits.length === 0 ? body : "", blocks: () => pieces });
  } else for (const piece of pieces) guard.feed(piece, 0, piece.length);
}

/** The verdict on a body that is shown as the edge shows it. */
export function judgeShown(facts: GuardFacts, body: string, splits: readonly number[]): Finding | null {
  const guard = new BodyGuard(facts);
  showBody(guard, body, splits);
  return guard.end();
}

type Reader = Pick<BodyReader, "feed" | "end">;

/** Feeds `body` in pieces that end at `splits`, each within a larger array, and asks for the verdict. */
export function read(reader: Reader, body: string, splits: readonly number[]): Finding | null {
  let from = 0;
  for (const to of [...splits, body.length]) {
    const bytes = Buffer.from(`"]${body.slice(from, to)}"}`, "latin1");
    reader.feed(bytes, 2, bytes.length - 2);
    from = to;
  }
  return reader.end();
}

/** `reading key` of a finding, or empty. */
export function word(finding: Finding | null): string {
  return finding === null ? "" : `${finding.reading} ${finding.key}`;
}

function full(finding: Finding | null): string {
  return JSON.stringify(finding);
}
