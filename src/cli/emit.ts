import { styleText } from "node:util";
import { printProblems } from "../catalog/print-problems.ts";
import { type EmitOptions, type Emitted, emitManifests, lossIds } from "../gateway-api/emit.ts";
import { lintGateway, lintGatewayPort } from "../gateway-api/lint.ts";
import type { ManifestFile } from "../gateway-api/manifest.ts";
import { compareTree, unchangedOf } from "../gateway-api/tree/compare-tree.ts";
import { describeDrift } from "../gateway-api/tree/describe-drift.ts";
import { type Format, renderStream, renderTree } from "../gateway-api/tree/render-tree.ts";
import { TreeError } from "../gateway-api/tree/tree-error.ts";
import { writeTree } from "../gateway-api/tree/write-tree.ts";
import { checkCatalog } from "../plan/check.ts";
import type { LostRow } from "../plan/parity.ts";
import type { Plan } from "../plan/types.ts";
import { version } from "./about.ts";
import { CommandError, exitCodes } from "./command-error.ts";
import { type Delivery, type EmitReport, printEmitReport } from "./emit-report.ts";

/** What to emit, where to, and what to fail on. */
export interface EmitRequest {
  readonly layers: readonly string[];
  /** Folder; `-` is standard output. */
  readonly output: string;
  readonly format: Format;
  readonly mode: "write" | "check";
  /** Whether a lost row that is not accepted fails. */
  readonly strict: boolean;
  /** Ids of lost rows. */
  readonly accept: readonly string[];
  readonly customerAccess: EmitOptions["customerAccess"];
  readonly json: boolean;
}

/** Emits a catalog and reports; returns the exit code. Standard output gets what was asked for, standard error the report. */
export async function emit(request: EmitRequest): Promise<number> {
  refuseUnknownRows(request.accept);
  const { plan, problems } = checkCatalog(request.layers, [lintGateway, lintGatewayPort]);
  if (problems.length > 0) process.stderr.write(printProblems(problems));
  if (plan === undefined) {
    if (request.json) printJson({ ok: false, problems });
    return exitCodes.failed;
  }
  refuseUnknownTiers(request.customerAccess, plan);
  const emitted = emitManifests(plan, { customerAccess: request.customerAccess, version });
  const report = reportOf(request, emitted, await deliver(request, emitted));
  process.stderr.write(printEmitReport(report));
  if (request.json) printJson({ ...report, problems });
  return report.ok ? exitCodes.ok : exitCodes.failed;
}

function refuseUnknownRows(accept: readonly string[]): void {
  const unknown = accept.find((id) => !lossIds.includes(id));
  if (unknown === undefined) return;
  const hint = `rows that can be lost: ${lossIds.join(", ")}`;
  throw new CommandError(`cannot accept \`${unknown}\`: no row has this id`, hint, { exitCode: exitCodes.usage });
}

function refuseUnknownTiers(access: EmitOptions["customerAccess"], { tiers }: Plan): void {
  if (access === "none" || access === "all") return;
  const unknown = access.find((name) => !tiers.some((tier) => tier.name === name));
  if (unknown === undefined) return;
  const hint = `tiers of this catalog: ${tiers.map(({ name }) => name).join(", ")}`;
  throw new CommandError(`cannot give access to tier \`${unknown}\`: there is none`, hint, {
    exitCode: exitCodes.usage,
  });
}

/** Writes, prints or compares. A lost row that is not accepted comes first: then nothing is written. */
async function deliver(request: EmitRequest, { files, lost }: Emitted): Promise<Delivery> {
  const { output, format, mode } = request;
  if (mode === "write" && lost.some((row) => isRefused(request, row))) return nothing("refused");
  if (output === "-") {
    process.stdout.write(renderStream(files, format));
    return nothing("printed");
  }
  const wanted = renderTree(files, format);
  if (mode === "write") return { outcome: "written", ...(await inFolder(() => writeTree(output, wanted))) };
  const drift = await inFolder(() => compareTree(output, wanted));
  if (!request.json) process.stdout.write(coloured(describeDrift(drift)));
  return { outcome: "checked", drift, unchanged: unchangedOf(wanted, drift) };
}

function nothing(outcome: Delivery["outcome"]): Delivery {
  return { outcome, drift: [], unchanged: 0 };
}

function isRefused({ strict, accept }: EmitRequest, { id }: LostRow): boolean {
  return strict && !accept.includes(id);
}

function reportOf(
  request: EmitRequest,
  { files, lost, needs }: Emitted,
  { outcome, drift, unchanged }: Delivery,
): EmitReport {
  const refused = lost.some((row) => isRefused(request, row));
  return {
    ok: !refused && (outcome !== "checked" || drift.length === 0),
    outcome,
    output: request.output,
    kinds: countKinds(files),
    changes: drift.map(({ path, kind }) => ({ path, kind })),
    unchanged,
    lost: lost.map((row) => ({ ...row, refused: isRefused(request, row) })),
    needs,
    needless: request.accept.filter((id) => !lost.some((row) => row.id === id)),
  };
}

/** How many objects of each kind there are, by kind. */
function countKinds(files: readonly ManifestFile[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { kind } of files.flatMap(({ manifests }) => manifests)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function inFolder<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof TreeError)) throw cause;
    throw new CommandError(cause.message, cause.hint, { cause });
  }
}

/** Colours for a unified diff, where somebody looks. */
function coloured(diff: string): string {
  const paint = (color: "red" | "green" | "bold", line: string) => styleText(color, line, { stream: process.stdout });
  return diff.replace(/^(?:(---|\+\+\+) .*|-.*|\+.*)$/gm, (line, head?: string) =>
    paint(head !== undefined ? "bold" : line.startsWith("-") ? "red" : "green", line),
  );
}

function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
