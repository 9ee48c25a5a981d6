import { METHODS } from "node:http";
import { bodyTail } from "./head-grammar.ts";
import { type Oracle, type Reading, readAsEdge } from "./reading.ts";
import { refusals } from "./refusals.ts";

/** Outcome of a comparison: what was wrong, and which reasons of the table of refusals occurred. */
export interface Comparison {
  readonly accepted: number;
  readonly faults: readonly string[];
  readonly used: ReadonlySet<string>;
}

/** Methods that the registry has and `node:http` does not know: no verdict of its own on these. */
const unknownToNode = (raw: string) => !METHODS.includes(/^[^ ]*/.exec(raw)![0]);

/**
 * Asks the edge and all oracles about every head. They must read alike whatever the edge accepts; what they all accept
 * the edge refuses only for a listed reason.
 */
export async function compareReadings(heads: readonly string[], oracles: readonly Oracle[]): Promise<Comparison> {
  const raws = heads.map((head) => head + bodyTail);
  const verdicts = await Promise.all(oracles.map((oracle) => oracle(raws)));
  const faults: string[] = [];
  const used = new Set<string>();
  let accepted = 0;
  for (const [i, head] of heads.entries()) {
    const ours = readAsEdge(head, bodyTail);
    const theirs = verdicts.map((all) => all[i]!);
    if ("reading" in ours) {
      accepted++;
      const wrong = theirs.filter((v) =>
        "reading" in v ? !sameReading(v.reading, ours.reading) : !unknownToNode(head),
      );
      faults.push(...wrong.map((verdict) => `accepted ${JSON.stringify(head)}, read as ${JSON.stringify(verdict)}`));
    } else {
      const readings = theirs.flatMap((v) => ("reading" in v ? [v.reading] : []));
      if (readings.length < theirs.length) continue;
      const row = refusals.find((r) => r.code === ours.code && readings.every((reading) => r.holds(reading, head)));
      if (row === undefined) faults.push(`refused with ${ours.code} for no listed reason: ${JSON.stringify(head)}`);
      else used.add(row.reason);
    }
  }
  return { accepted, faults, used };
}

function sameReading(a: Reading, b: Reading): boolean {
  return JSON.stringify(normal(a)) === JSON.stringify(normal(b));
}

/** Names of codings have no case (RFC 9110 section 10.1.4), and h11 lowers them. */
function normal({ method, target, fields, body }: Reading): unknown {
  const lowered = fields.map(([name, value]) => [name, name === "transfer-encoding" ? value.toLowerCase() : value]);
  return [method, target, lowered, body];
}

/** The first head of a raw request, or nothing where its end never comes. */
export function headsIn(raws: readonly string[]): string[] {
  return raws.flatMap((raw) => {
    const end = raw.indexOf("\r\n\r\n");
    return end < 0 ? [] : [raw.slice(0, end + 4)];
  });
}
