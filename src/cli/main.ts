#!/usr/bin/env -S node --v8-pool-size=1
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { plainText } from "../load/report/safe-text.ts";
import { supportedNode, supportsNode, version } from "./about.ts";
import { CommandError, exitCodes, messageOf } from "./command-error.ts";
import { addBench } from "./commands/bench.ts";
import { addCheck } from "./commands/check.ts";
import { addDemo } from "./commands/demo.ts";
import { addEmit } from "./commands/emit.ts";
import { addExplain } from "./commands/explain.ts";
import { addServe } from "./commands/serve.ts";
import { addVerify } from "./commands/verify.ts";

const examples = `
Examples:
  hostward demo                                     see it work: an edge, workers and a catalog, all on this machine
  hostward check -c catalog/                        is this catalog right? every problem, with file and line
  hostward explain -c catalog/ https://a.example/   what would happen to this request, step by step
  hostward verify https://a.example                 which isolation properties hold at an edge, whichever it is
  hostward emit -c catalog/ -o gitops/              the same for Envoy: Gateway API manifests, and what production loses
  hostward bench --target edge=http://127.0.0.1:8080   what an edge adds to a request, in microseconds
  hostward serve -c catalog/ -c overlays/dev.yaml   run the edge; files that change take effect at once

Every flag that holds a setting can stand in the environment: --access-log is HOSTWARD_ACCESS_LOG.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 (explain) answered by the edge itself.
HOSTWARD_DEBUG=1 shows where an error came from.`;

/** The commands and their flags. What a command does is loaded when it runs: help and wrong usage answer at once. */
function program(): Command {
  const root = new Command("hostward")
    .description("The edge of a multi-tenant Odoo platform: a hostname decides its database, and nothing else can.")
    .usage("COMMAND [flags]")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help, or that of a command")
    .addHelpText("after", examples)
    // Else a subcommand would not see a flag that its parent has, too (`bench` and `bench compare`).
    .enablePositionalOptions()
    .configureOutput({ outputError: () => {} }) // `report` below writes it
    .exitOverride();
  for (const add of [addServe, addCheck, addExplain, addVerify, addEmit, addBench, addDemo]) add(root);
  return root;
}

/** Runs one command line; the exit code is set, never thrown. */
async function main(args: readonly string[]): Promise<void> {
  if (!supportsNode(process.version, supportedNode)) {
    const text = `warning: Node ${process.version} has known holes: use ${supportedNode}\n`;
    process.stderr.write(styleText("yellow", text, { stream: process.stderr }));
  }
  // Nobody reads on (`| head`): what is left to say is lost, and that is no error.
  process.stdout.on("error", () => {});
  const root = program();
  try {
    await root.parseAsync(args, { from: "user" });
  } catch (error) {
    process.exitCode = report(error, root, args);
  }
}

/** Says what went wrong, on standard error, and returns the exit code for it. */
function report(error: unknown, root: Command, args: readonly string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.ok;
    if (error.code !== "commander.help") complain(...usageProblem(error, root, args));
    return exitCodes.usage;
  }
  if (error instanceof CommandError) complain(error.message, error.hint);
  else complain(`internal fault: ${messageOf(error)}`, "HOSTWARD_DEBUG=1 shows where; please report it");
  if (process.env.HOSTWARD_DEBUG === "1") console.error(error);
  return error instanceof CommandError ? error.exitCode : exitCodes.failed;
}

/** Says it in lines that move no cursor, wherever their words come from. */
function complain(message: string, hint: string): void {
  const name = styleText("red", "hostward:", { stream: process.stderr });
  const lines = `${message}\n  hint: ${hint}`.split("\n").map(plainText);
  process.stderr.write(`${name} ${lines.join("\n")}\n`);
}

/** Commander's text as a line and a hint: what it guesses was meant, or where to read on. */
function usageProblem(error: CommanderError, root: Command, args: readonly string[]): [message: string, hint: string] {
  const [line = "", guess] = error.message.replace(/^error: /, "").split("\n");
  if (guess !== undefined) return [line, guess.replace(/^\(D(.*)\)$/, "d$1")];
  const command = root.commands.find((candidate) => args.includes(candidate.name()));
  return [line, `\`hostward ${command === undefined ? "" : `${command.name()} `}--help\` lists what can be given`];
}

await main(process.argv.slice(2));
