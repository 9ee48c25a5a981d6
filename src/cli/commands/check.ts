import type { Command } from "commander";
import { catalogFlag, jsonFlag, layersOf } from "../flags.ts";

/** `hostward check`: every problem of a catalog, and what it comes to. */
export function addCheck(root: Command): void {
  root
    .command("check")
    .description("Compile a catalog and report every problem in it. Exits 0 when there is no error, 1 when there is.")
    .addOption(catalogFlag())
    .addOption(jsonFlag())
    .action(async ({ json = false }: { readonly json?: boolean }, command: Command) => {
      const { check } = await import("../check.ts");
      process.exitCode = check(layersOf(command), json);
    });
}
