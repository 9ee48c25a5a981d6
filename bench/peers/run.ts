/**
 * Measures the edge beside other proxies, how its cost grows, and every goal: `npm run bench:peers`.
 *
 * Writes bench/results/peers-DATE.json and, when all was measured in full, docs/performance.md with its plots. Linux; installs the
 * packages that are missing into node_modules/.cache/peers.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Effort, full, quick } from "./effort.ts";
import { measureSection, sectionNames } from "./measure.ts";
import { installPeerPackages } from "./packages.ts";
import { goalsOf } from "./page/goals.ts";
import { writePage } from "./page/write-page.ts";
import { readPeersResult } from "./read-peers-result.ts";
import type { PeersResult, SectionName } from "./results.ts";

const usage = `npm run bench:peers -- [options]
  --only SECTION   measure this one only; repeat it: ${sectionNames.join(", ")}
  --from FILE      begin with what FILE has; without --only nothing is measured, and the page is written anew
  --rounds N       turns of each side; ${full.rounds} without it
  --quick          a look at everything in a few minutes; no page is written
  --page           write the page whatever is missing`;

const startMs = performance.now();

function progress(words: string): void {
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(`${String(seconds).padStart(5)} s  ${words}`);
}

function parse() {
  const options = {
    only: { type: "string", multiple: true, default: [] as string[] },
    from: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  const { values } = parseArgs({ options });
  const stranger = values.only.find((name) => !(sectionNames as readonly string[]).includes(name));
  if (stranger !== undefined) throw new Error(`no section \`${stranger}\`: there are ${sectionNames.join(", ")}`);
  const rounds = Number(values.rounds ?? (values.quick ? quick : full).rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`cannot take ${values.rounds} rounds: must be 1 or more`);
  const effort = { ...(values.quick ? quick : full), rounds, progress };
  const only = values.only as SectionName[];
  const wanted = only.length > 0 || values.from !== undefined ? only : sectionNames;
  return { ...values, wanted, effort };
}

/** Measures what is wanted; a section that fails is named, and the others go on. */
async function measure(base: PeersResult, wanted: readonly SectionName[], effort: Effort) {
  const sections: Record<string, unknown> = { ...base.sections };
  const failed: string[] = [];
  for (const name of wanted) {
    progress(`== ${name}`);
    try {
      sections[name] = await measureSection(name, effort);
    } catch (error) {
      console.error(error);
      failed.push(name);
    }
  }
  return { result: { format: base.format, sections } as PeersResult, failed };
}

function save(result: PeersResult): void {
  const folder = new URL("../results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`peers-${new Date().toISOString().replaceAll(":", "-")}.json`, folder);
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
  console.log(file.pathname);
}

const options = parse();
if (options.help) {
  console.log(usage);
  process.exit();
}
const base: PeersResult =
  options.from === undefined
    ? { format: "hostward-peers/1", sections: {} }
    : readPeersResult(readFileSync(options.from, "utf8"));
if (options.wanted.includes("peers")) installPeerPackages();
const { result, failed } = await measure(base, options.wanted, options.effort);
if (options.wanted.length > 0) save(result);
const complete = sectionNames.every((name) => result.sections[name]?.quick === false);
if (options.page || (complete && failed.length === 0))
  for (const file of writePage(result)) console.log(`wrote ${file}`);
const goals = goalsOf(result).filter(({ verdict }) => complete || verdict !== "not measured");
for (const { what, goal, measured, verdict } of goals)
  console.log(`${verdict.padEnd(12)} ${what}: ${measured} (${goal})`);
for (const name of failed) console.log(`FAILED       ${name} was not measured`);
if (options.quick) console.log("a quick look: too short for any conclusion");
const missed = !options.quick && goals.some(({ verdict }) => verdict === "missed");
process.exitCode = failed.length > 0 || missed ? 1 : 0;
