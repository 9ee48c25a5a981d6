/** The flags of `bench` and `bench compare` that say where the report goes, and what the run is held to. */
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { type GateFlag, gateFlags, type Limit, parseLimit } from "../../load/limits.ts";
import { flag } from "../flags.ts";

/** As commander gives them. */
export type ReportFlags = {
  readonly json?: true | string;
  readonly html?: string;
} & { readonly [key in GateKey]?: readonly Limit[] };

type GateKey = "maxP50" | "maxP99" | "maxCpu" | "maxErrors" | "maxRatio";

/** Where to write, and the limits. `-` is standard output, in place of the text. */
export interface ReportOptions {
  readonly json: string | null;
  readonly html: string | null;
  readonly limits: readonly Limit[];
}

export function addReportFlags(command: Command): void {
  command
    .addOption(flag("--json [file]", "write the result as JSON; - or no file: print it in place of the text"))
    .addOption(flag("--html <file>", "write the report as a page that needs nothing else, with plots"));
  for (const [name, { value, doc }] of Object.entries(gateFlags)) {
    command.addOption(flag(`${name} <${value}>`, doc).argParser(limit(name as GateFlag)));
  }
}

/** Ends with a usage error where two reports want standard output. */
export function reportOptionsOf(flags: ReportFlags, command: Command): ReportOptions {
  const json = flags.json === true ? "-" : (flags.json ?? null);
  const html = flags.html ?? null;
  if (json === "" || html === "") command.error("error: --json and --html take a file, or - for standard output");
  if (json === "-" && html === "-") command.error("error: --json and --html - both want standard output");
  if (json !== null && html !== null && resolve(json) === resolve(html))
    command.error("error: --json and --html name the same file");
  const { maxP50 = [], maxP99 = [], maxCpu = [], maxErrors = [], maxRatio = [] } = flags;
  return { json, html, limits: [...maxP50, ...maxP99, ...maxCpu, ...maxErrors, ...maxRatio] };
}

/** Gathers the limits of one flag. */
function limit(name: GateFlag): (value: string, before?: readonly Limit[]) => readonly Limit[] {
  return (value, before = []) => {
    const parsed = parseLimit(name, value);
    if ("problem" in parsed) throw new InvalidArgumentError(parsed.problem);
    return [...before, parsed.limit];
  };
}
