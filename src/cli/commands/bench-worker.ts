import { type Command, InvalidArgumentError } from "commander";
import { flag, port } from "../flags.ts";

/** What the flags come to. */
export interface BenchWorkerFlags {
  readonly port: number;
  readonly name: string;
  readonly close?: true;
  readonly bytes: number;
  readonly serviceTimes: "none" | "odoo";
}

const bytesMax = 64 * 1024 * 1024;

/** `hostward bench worker`: something to stand behind an edge while it is measured. */
export function addBenchWorker(bench: Command): void {
  bench
    .command("worker")
    .description("Answer every request as cheaply as can be, and say which Host it saw. Ends with Ctrl-C.")
    .addOption(flag("--port <port>", "port on 127.0.0.1").env("HOSTWARD_WORKER_PORT").argParser(port).default(8069))
    .addOption(
      flag("--name <name>", "name that the answers carry")
        .env("HOSTWARD_WORKER_NAME")
        .argParser(name)
        .default("worker"),
    )
    .addOption(flag("--close", "end the connection after each answer, as a prefork Odoo does"))
    .addOption(flag("--bytes <n>", "size of an answer's body").argParser(bytes).default(1024))
    .addOption(flag("--service-times <kind>", "how long answers take").choices(["none", "odoo"]).default("none"))
    .action(async (flags: BenchWorkerFlags) => {
      const { benchWorker } = await import("../bench/worker.ts");
      process.exitCode = await benchWorker(flags);
    });
}

function name(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text)) throw new InvalidArgumentError("It must be letters, digits, dots and dashes.");
  return text;
}

function bytes(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < 0 || value > bytesMax) throw new InvalidArgumentError(`It must be a number from 0 to ${bytesMax}.`);
  return value;
}
