/** One variant of the parity run: its catalog emitted, translated by Envoy Gateway, and every case sent to both edges. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emitManifests } from "../../../src/gateway-api/emit.ts";
import { lintGateway } from "../../../src/gateway-api/lint.ts";
import type { Manifest } from "../../../src/gateway-api/manifest.ts";
import { checkCatalog } from "../../../src/plan/check.ts";
import type { ParityRow } from "../../../src/plan/parity/types.ts";
import { rowsFor } from "../../../src/plan/parity.ts";
import type { TrafficEntry } from "../../support/traffic.ts";
import type { ParityCase } from "./case.ts";
import { type ParityVariant, parityCatalog, parityPools } from "./catalog.ts";
import type { Counted } from "./counting.ts";
import { differencesOf } from "./differences.ts";
import { validateEnvoy } from "./envoy.ts";
import { explain } from "./explanations.ts";
import { laneAddress, openParityLane, type ParityLane, serviceAddress } from "./lane.ts";
import { limitConfigs } from "./limit-config.ts";
import { startSharedLimits } from "./shared-limits.ts";
import { type TranslatedGateway, translate } from "./translate.ts";

/** Envoys side by side. */
const LANES = 4;

/** A variant, ready to be asked. */
export interface PreparedVariant {
  readonly variant: ParityVariant;
  readonly manifests: readonly Manifest[];
  /** The rows of the table that hold in it. */
  readonly rows: ReadonlyMap<string, ParityRow>;
  readonly translated: TranslatedGateway;
}

/** What a variant showed. */
export interface VariantResult {
  readonly sent: number;
  /** Everything that no row explains. */
  readonly unexplained: readonly string[];
  /** How often each row was seen to hold. */
  readonly exercised: ReadonlyMap<string, number>;
}

/** The manifests of a variant's catalog; throws for a catalog that `check` refuses. */
export function emitVariant(variant: ParityVariant): Pick<PreparedVariant, "manifests" | "rows"> {
  const folder = mkdtempSync(join(tmpdir(), "hostward-parity-"));
  try {
    const file = join(folder, "catalog.yaml");
    writeFileSync(
      file,
      parityCatalog(variant, (pool) => laneAddress(0, "node", parityPools.indexOf(pool))),
    );
    const { plan, problems } = checkCatalog([file], [lintGateway]);
    if (plan === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
    const { files } = emitManifests(plan, { customerAccess: "all", version: "parity" });
    return {
      manifests: files.flatMap((each) => each.manifests),
      rows: new Map(rowsFor(plan).map((row) => [row.id, row])),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Emits, translates and has Envoy validate a variant. */
export async function prepareVariant(variant: ParityVariant): Promise<PreparedVariant> {
  const emitted = emitVariant(variant);
  const folder = mkdtempSync(join(tmpdir(), "hostward-parity-"));
  try {
    const translated = await translate(emitted.manifests, folder, ({ namespace, name }) =>
      serviceAddress(namespace, name),
    );
    await validateEnvoy(translated.bootstrap({ port: 1 }));
    return { variant, ...emitted, translated };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sends every case and plays every scene of a variant. */
export async function runVariant(
  { variant, manifests, rows, translated }: PreparedVariant,
  cases: readonly ParityCase[],
  scenes: readonly Counted[],
  entries: readonly TrafficEntry[],
): Promise<VariantResult> {
  const unexplained: string[] = [];
  const exercised = new Map<string, number>();
  const note = (id: string) => rows.has(id) && exercised.set(id, (exercised.get(id) ?? 0) + 1);
  const mine = cases.filter(({ where }) => where(variant));
  const queue = mine.values();
  const limits = await startSharedLimits(limitConfigs(translated.xds, manifests));
  const work = async (_: unknown, i: number) => {
    const lane = await openParityLane(variant, translated, i, entries, limits);
    try {
      for (const item of queue) {
        const found = await judge(lane, item, rows);
        unexplained.push(...found.unexplained);
        if (found.unexplained.length === 0) for (const id of item.rows) note(id);
        for (const id of found.explained) note(id);
      }
      if (i === 0) {
        for (const scene of scenes.filter(({ where }) => where(variant))) {
          const findings = await scene.run(lane);
          unexplained.push(...findings.map((finding) => `${scene.name}: ${finding}`));
          if (findings.length === 0) for (const id of scene.rows) note(id);
        }
      }
      unexplained.push(...lane.edge.faults.map(({ step, cause }) => `a fault at ${step}: ${cause}`));
    } finally {
      await lane.close();
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, work));
  } finally {
    await limits.close();
  }
  return { sent: mine.length, unexplained, exercised };
}

async function judge(lane: ParityLane, item: ParityCase, rows: ReadonlyMap<string, ParityRow>) {
  const seen = await lane.send(item.sent);
  const bytes = item.sent.segments.join("");
  const unexplained = [...seen.node.strays, ...seen.envoy.strays].map(
    (stray) => `${item.name}: stray bytes ${JSON.stringify(stray)}`,
  );
  const explained: string[] = [];
  for (const difference of differencesOf(seen)) {
    const id = explain({ difference, seen, item, bytes }, rows);
    if (id !== null) explained.push(id);
    else {
      const { kind, what, node, envoy } = difference;
      const codes = seen.codes.filter((code) => code !== "").join();
      unexplained.push(
        `${item.name}: ${kind} ${what}${codes === "" ? "" : ` (${codes})`}\n  edge  ${node.slice(0, 400)}\n  envoy ${envoy.slice(0, 400)}`,
      );
    }
  }
  return { unexplained, explained };
}
