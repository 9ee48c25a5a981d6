import type { Command } from "commander";
import type { CustomerAccess } from "../../gateway-api/sections/customer-access.ts";
import type { Format } from "../../gateway-api/tree/render-tree.ts";
import { catalogFlag, collect, flag, jsonFlag, layersOf } from "../flags.ts";

const examples = `
Examples:
  hostward emit -c catalog/ -o gitops/production              write the tree; what changed is told on standard error
  hostward emit -c catalog/ -o gitops/production --check      is the tree what the catalog says? prints a diff
  hostward emit -c catalog/ -o - | kubectl diff -f -          every object in one stream
  hostward emit -c catalog/ -c production.yaml -o out --strict --accept ROW

Files that were not generated are never touched. The folder is replaced in one step: a crash leaves the old tree or the new one.
Exits 0 when done, 1 for problems in the catalog, drift, lost rows under --strict or a folder that cannot be written, 2 for
wrong usage.`;

interface EmitFlags {
  readonly output: string;
  readonly format: Format;
  readonly check?: true;
  readonly strict?: true;
  readonly accept?: readonly string[];
  readonly customerAccess?: true | string;
  readonly json?: true;
}

/** `hostward emit`: the Gateway API and Envoy Gateway manifests of a catalog, as a folder tree for GitOps. */
export function addEmit(root: Command): void {
  root
    .command("emit")
    .description("Write the Gateway API and Envoy Gateway manifests of a catalog, and report what production loses.")
    .addOption(catalogFlag())
    .addOption(flag("-o, --output <dir>", "folder to write; - prints one stream").makeOptionMandatory())
    .addOption(flag("--format <format>", "text of the files").choices(["yaml", "json"]).default("yaml"))
    .addOption(flag("--check", "write nothing; print how the folder differs"))
    .addOption(flag("--strict", "fail when production loses a behaviour"))
    .addOption(
      flag("--accept <row>", "a lost row that --strict takes; repeat it, or join several with a comma").argParser(rows),
    )
    .addOption(
      flag(
        "--customer-access [tiers]",
        "add a Role per tenant that lets its customer read its own routes; of all tiers, or of those named",
      ),
    )
    .addOption(jsonFlag())
    .addHelpText("after", examples)
    .action(async (flags: EmitFlags, command: Command) => {
      const { output, format, check = false, strict = false, accept = [], json = false } = flags;
      if (output === "") command.error("error: --output must name a folder, or - for standard output");
      if (output === "-" && check) command.error("error: --check needs a folder to look at, and -o - is none");
      if (output === "-" && json) command.error("error: --json and -o - both want standard output");
      const { emit } = await import("../emit.ts");
      const customerAccess = accessOf(flags.customerAccess);
      const mode = check ? "check" : "write";
      const options = {
        layers: layersOf(command),
        output,
        format,
        mode,
        strict,
        accept,
        customerAccess,
        json,
      } as const;
      process.exitCode = await emit(options);
    });
}

/** Whose customers get a Role: nobody's, all, or those of the tiers that are named with commas between them. */
function accessOf(words: true | string | undefined): CustomerAccess {
  if (words === undefined) return "none";
  return words === true ? "all" : words.split(",").map((tier) => tier.trim());
}

function rows(value: string, before?: readonly string[]): readonly string[] {
  return value.split(",").reduce((all, row) => collect(row.trim(), all), before ?? []);
}
