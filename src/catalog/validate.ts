import type { z } from "zod";
import type { Problem } from "../core/problem.ts";
import type { RawDocument } from "./documents.ts";
import { keyPlace, type Located, nodeAt, problemAt, problemAtPath, toJson } from "./located.ts";
import type { FaultParams } from "./scanned.ts";
import { documentSchemas, type FieldSchema, fieldSchema, type Kind } from "./schema.ts";
import { dotted, nearest, quote } from "./wording.ts";

type Issue = z.core.$ZodIssue;
type Output<K extends Kind> = z.output<(typeof documentSchemas)[K]>;

/** A document that its schema accepted, and where it stands. */
export interface Declared<T> {
  readonly value: T;
  readonly node: Located;
}

/** The documents of one kind that the schema accepts; the others' problems are added to `problems`. */
export function validateKind<K extends Kind>(
  kind: K,
  raw: readonly RawDocument[],
  problems: Problem[],
): Declared<Output<K>>[] {
  const declared: Declared<Output<K>>[] = [];
  for (const { node } of raw.filter((document) => document.kind === kind)) {
    const result = documentSchemas[kind].safeParse(toJson(node));
    if (result.success) declared.push({ value: result.data as Output<K>, node });
    else for (const issue of result.error.issues) problems.push(...problemsOf(issue, kind, node));
  }
  return declared;
}

function problemsOf(issue: Issue, kind: Kind, root: Located): Problem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownField([...issue.path, key], kind, root));
  const { path } = issue;
  const node = nodeAt(root, path);
  if (node === undefined) {
    const message = `cannot find ${dotted(path)} of ${kind}: the field has no default`;
    return [problemAtPath(root, path, "missing_field", message)];
  }
  const value = node.kind === "scalar" ? node.value : node.kind === "list" ? [] : {};
  const { code, fault, hint } = faultOf(issue, value);
  return [problemAtPath(root, path, code, `cannot use ${dotted(path)} of ${quote(value)}: ${fault}`, hint)];
}

type Fault = { readonly code: FaultParams["problem"]; readonly fault: string; readonly hint?: string | undefined };

/** What a schema's issue with a value that is there means to an operator. */
function faultOf(issue: Issue, value: unknown): Fault {
  switch (issue.code) {
    case "custom": {
      const params = issue.params as FaultParams | undefined;
      return { code: params?.problem ?? "invalid_value", fault: issue.message, hint: params?.hint };
    }
    case "invalid_type":
      return {
        code: "invalid_type",
        fault: `must be ${typeNames[issue.expected] ?? issue.expected}`,
        hint: typeHint(issue.expected, value),
      };
    case "invalid_value": {
      const values = issue.values.map(String);
      const near = typeof value === "string" ? nearest(value, values) : undefined;
      return {
        code: "invalid_value",
        fault: `must be ${values.length === 1 ? values[0] : `one of ${values.join(", ")}`}`,
        hint: near === undefined ? undefined : `did you mean ${near}?`,
      };
    }
    case "too_small":
      return { code: "out_of_range", fault: `must be at least ${amount(issue.minimum, issue.origin)}` };
    case "too_big":
      return { code: "out_of_range", fault: `must be at most ${amount(issue.maximum, issue.origin)}` };
    case "invalid_format":
      return { code: "invalid_value", fault: `must match ${issue.pattern ?? issue.format}` };
    default:
      return { code: "invalid_value", fault: "is not allowed here" };
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function typeHint(expected: string, value: unknown): string | undefined {
  if (expected === "string" && typeof value !== "object") return `put it in quotes: "${String(value)}"`;
  if (expected === "array" && typeof value === "string") return `put it in brackets: [${value}]`;
  if (value === null) return "remove the field to use its default";
  return undefined;
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === "array") return `${limit} long`;
  return origin === "string" ? `${limit} characters` : String(limit);
}

function unknownField(path: readonly PropertyKey[], kind: Kind, root: Located): Problem {
  const fields = knownFields(path.slice(0, -1), kind);
  const near = nearest(String(path.at(-1)), fields);
  const message = `cannot use the field ${dotted(path)} of ${kind}: there is no such field`;
  const hint = near === undefined ? `fields here: ${fields.join(", ")}` : `did you mean \`${near}\`?`;
  return problemAt(keyPlace(root, path), "unknown_field", message, { path, hint });
}

const schemaCache = new Map<Kind, FieldSchema>();

/** Names of the fields that a mapping at `path` may have. */
function knownFields(path: readonly PropertyKey[], kind: Kind): string[] {
  let schema = schemaCache.get(kind);
  if (schema === undefined) {
    schema = fieldSchema(kind);
    schemaCache.set(kind, schema);
  }
  for (const part of path) schema = typeof part === "number" ? schema?.items : schema?.properties?.[String(part)];
  return Object.keys(schema?.properties ?? {});
}
