/** How the values of `hostward bench`'s flags are read. */
import { InvalidArgumentError } from "commander";
import type { LoadTarget } from "../../load/settings.ts";
import { isOneLine } from "../explain/raw-request.ts";
import { collect } from "../flags.ts";

/** A target as it is written. */
export type TargetWords = Pick<LoadTarget, "name" | "url">;

/** A target: its name, or its address in place of one, and its origin. */
export function target(text: string, before: readonly TargetWords[] = []): readonly TargetWords[] {
  const parts = /^(?:([A-Za-z0-9][\w.-]{0,63})=)?(https?:\/\/[^\s/?#@]+)\/?$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It must be NAME=http://HOST:PORT; the path is --path.");
  const url = parts[2]!;
  return [...before, { name: parts[1] ?? url.slice(url.indexOf("//") + 2), url }];
}

/** A target's name and the number of its process. */
export function pid(text: string, before: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const parts = /^(.+)=(\d{1,9})$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It must be NAME=PID, with the name of a target.");
  return new Map([...before, [parts[1]!, Number(parts[2])]]);
}

/** What a Host field may hold. */
export function host(text: string): string {
  if (!/^[\w.:[\]-]{1,260}$/.test(text))
    throw new InvalidArgumentError("It must be a hostname, with a port or without.");
  return text;
}

/** The target of a request line, in origin-form. */
export function path(text: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(text)) throw new InvalidArgumentError("It must begin with / and hold no spaces.");
  return text;
}

/** A method, as it is written. */
export function method(text: string): string {
  if (!/^[A-Z]{1,20}$/.test(text)) throw new InvalidArgumentError("It must be a method such as GET.");
  return text;
}

const ownFields = /^(?:host|content-length|transfer-encoding|connection|upgrade)$/i;

/** A field line of the requests; those that the harness sets itself are refused. */
export function field(text: string, before: readonly string[] = []): readonly string[] {
  const name = /^([\w!#$%&'*+.^`|~-]+):[\t\x20-\x7e]*$/.exec(text)?.[1];
  if (name === undefined || !isOneLine(text)) throw new InvalidArgumentError("It must be 'Name: value', one line.");
  if (ownFields.test(name)) throw new InvalidArgumentError("It is a field that the harness sets itself.");
  return collect(text, before);
}

/** Statuses that are right; none for `any`. */
export function statuses(text: string): readonly number[] {
  if (text === "any") return [];
  if (!/^[1-5]\d\d(?:,[1-5]\d\d)*$/.test(text))
    throw new InvalidArgumentError("It must be statuses such as 200,303, or any.");
  return text.split(",").map(Number);
}

/** Reads whole numbers between two bounds. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** Reads numbers between two bounds, with a fraction or without. */
export function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
    return value;
  };
}
