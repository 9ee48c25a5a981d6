/** Flags that commands share, and how their values are read. */
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

/** A TCP port that can be asked for. */
export function port(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > 65_535) throw new InvalidArgumentError("It must be a port from 1 to 65535.");
  return number;
}
