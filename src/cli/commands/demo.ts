import type { Command } from "commander";
import { flag, port } from "../flags.ts";

/** `hostward demo`: an edge, its workers and a catalog in one process, and what to try. */
export function addDemo(root: Command): void {
  root
    .command("demo")
    .description("Run an edge before stand-in Odoo workers, all on this machine, and print what to try.")
    .addOption(flag("--port <port>", "port of the edge").env("HOSTWARD_DEMO_PORT").argParser(port).default(8080))
    .action(async (flags: { readonly port: number }) => {
      const { demo } = await import("../demo.ts");
      process.exit(await demo(flags.port));
    });
}
