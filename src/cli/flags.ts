/** Flags that commands share, and how their values are read. */
import { availableParallelism } from "node:os";
import { delimiter } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDurationMs } from "../core/units.ts";

/** A flag that the environment variable `HOSTWARD_` and its name mirrors: `--access-log` is `HOSTWARD_ACCESS_LOG`. */
export function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`HOSTWARD_${option.long!.slice(2).toUpperCase().replaceAll("-", "_")}`);
}

/** `-c`, which repeats. Its value is read by `layersOf`. */
export function catalogFlag(): Option {
  return flag("-c, --catalog <path>", "catalog file or folder; repeat it for overlays, later ones win")
    .argParser(collect)
    .makeOptionMandatory();
}

export function jsonFlag(): Option {
  return flag("--json", "print one JSON document, for programs");
}

/** The catalog's layers; in the environment several are joined like the entries of PATH. */
export function layersOf(command: Command): readonly string[] {
  const { catalog } = command.opts<{ catalog: readonly string[] }>();
  return command.getOptionValueSource("catalog") === "env" ? catalog.flatMap((list) => list.split(delimiter)) : catalog;
}

/** Gathers the values of a flag that repeats. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Milliseconds of a Gateway API duration. */
export function duration(value: string): number {
  const ms = parseDurationMs(value);
  if (ms === null) throw new InvalidArgumentError("It must be a duration such as 30s, 1m30s or 500ms.");
  return ms;
}

/** Threads at most: beyond, the one that schedules for all is what they would wait for. */
const THREADS_MAX = 64;

/** A number of threads; `auto` is as many as there are processors for this process. */
export function threads(value: string): number {
  const number = /^\d{1,3}$/.test(value) ? Number(value) : value === "auto" ? availableParallelism() : 0;
  if (number < 1 || (number > THREADS_MAX && value !== "auto"))
    throw new InvalidArgumentError(`It must be a number from 1 to ${THREADS_MAX}, or auto.`);
  return Math.min(number, THREADS_MAX);
}

/** A TCP port that can be asked for. */
export function port(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > 65_535) throw new InvalidArgumentError("It must be a port from 1 to 65535.");
  return number;
}
