import { styleText } from "node:util";
import type { Drift, DriftKind } from "../gateway-api/tree/compare-tree.ts";
import type { LostRow } from "../plan/parity.ts";

/** What became of the manifests, and at which paths the folder was not as wanted. */
export interface Delivery {
  /** `refused`: a lost row was not accepted, and nothing was written. */
  readonly outcome: "written" | "printed" | "checked" | "refused";
  readonly drift: readonly Drift[];
  /** Files that were as wanted. */
  readonly unchanged: number;
}

/** What `emit` did and found. With `--json` it is printed as it is, so its fields are a contract. */
export interface EmitReport {
  readonly ok: boolean;
  readonly outcome: Delivery["outcome"];
  readonly output: string;
  /** Objects by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** `written`: what was changed. `checked`: what would have to be. */
  readonly changes: readonly { readonly path: string; readonly kind: DriftKind }[];
  readonly unchanged: number;
  readonly lost: readonly (LostRow & { readonly refused: boolean })[];
  /** What the cluster must have besides the manifests. */
  readonly needs: readonly string[];
  /** Ids that were accepted and are not lost with this catalog. */
  readonly needless: readonly string[];
}

const PLACES_MAX = 5;

/** The report for people; ends with a newline. Coloured where somebody looks at standard error. */
export function printEmitReport(report: EmitReport): string {
  const lines = [
    ...lostLines(report.lost),
    ...report.needs.map((need) => `${paint("yellow", "needs:")} ${need}`),
    ...report.needless.map(needlessLine),
    kindsLine(report),
    ...endLines(report),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** One entry per row, however many places of the catalog ask for it. */
function lostLines(lost: EmitReport["lost"]): string[] {
  return [...Map.groupBy(lost, ({ id }) => id)].flatMap(([id, rows]) => {
    const { behaviour, cover, refused } = rows[0]!;
    const places = rows.slice(0, PLACES_MAX).map(({ where }) => where);
    const more = rows.length > PLACES_MAX ? `, and ${rows.length - PLACES_MAX} more` : "";
    const title = paint(refused ? "red" : "yellow", `lost[${id}]:`);
    return [`${title} ${behaviour}`, `  asked for by: ${places.join(", ")}${more}`, `  instead: ${cover}`];
  });
}

function needlessLine(id: string): string {
  return `${paint("yellow", "warning:")} --accept ${id} is not needed: nothing of the kind is lost with this catalog`;
}

function kindsLine({ kinds }: EmitReport): string {
  return (
    Object.entries(kinds)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ") || "no objects"
  );
}

/** What came of it, and what to do about a lost row that fails it. */
function endLines({ outcome, output, changes, unchanged, lost }: EmitReport): string[] {
  const refused = [...new Set(lost.filter((row) => row.refused).map(({ id }) => id))];
  const accept = `production would lose what is named above; to take it: --accept ${refused.join(",")}`;
  const reason = refused.length === 0 ? [] : [paint("red", accept)];
  const count = (wanted: DriftKind): number => changes.filter(({ kind }) => kind === wanted).length;
  const [missing, different, stale, occupied] = [
    count("missing"),
    count("different"),
    count("stale"),
    count("occupied"),
  ];
  if (outcome === "refused") return [...reason, paint("red", "nothing was written")];
  if (outcome === "printed") return [paint("green", "printed")];
  if (outcome === "written") {
    const made = `${missing} new, ${different} changed, ${stale} removed, ${unchanged} unchanged files`;
    return [paint("green", `${output}: ${made}`)];
  }
  if (changes.length === 0) return [...reason, paint("green", `${output}: no drift, ${unchanged} files`)];
  const taken = occupied === 0 ? "" : `, ${occupied} occupied`;
  const drift = `${missing} missing, ${different} different, ${stale} stale${taken}, ${unchanged} unchanged files`;
  return [...reason, paint("red", `${output}: ${drift}`)];
}

function paint(color: "red" | "green" | "yellow", text: string): string {
  return styleText(color, text, { stream: process.stderr });
}
