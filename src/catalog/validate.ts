import type { z } from "zod";
import type { Problem } from "../core/problem.ts";
import type { RawDocument } from "./documents.ts";
import { keyPlace, type Located, nodeAt, problemAt, problemAtPath, toJson } from "./located.ts";
import { type ProblemCode, problemCodes } from "./problem-codes.ts";
import { prune } from "./prune.ts";
import type { FaultParams } from "./scanned.ts";
import { mayHoldSecret } from "./schema/redis.ts";
import { documentSchemas, type FieldSchema, fieldSchema, type Kind } from "./schema.ts";
import { dotted, nearest, quote } from "./wording.ts";

type Issue = z.core.$ZodIssue;
type Output<K extends Kind> = z.output<(typeof documentSchemas)[K]>;

/** A document that its schema accepted, and where it stands. */
export interface Declared<T> {
  readonly value: T;
  readonly node: Located;
}

/**
 * The documents of one kind, and what their schema says against them in `problems`.
 *
 * A document with a problem is still declared when it makes sense without the part that has it, so that problems
 * between documents are found in the same run.
 */
export function validateKind<K extends Kind>(
  kind: K,
  raw: readonly RawDocument[],
  problems: Problem[],
): Declared<Output<K>>[] {
  const declared: Declared<Output<K>>[] = [];
  for (const { node } of raw.filter((document) => document.kind === kind)) {
    let rest: Located | undefined = node;
    for (let attempt = 0; rest !== undefined && attempt < ATTEMPTS_MAX; attempt++) {
      const result = documentSchemas[kind].safeParse(toJson(rest));
      if (result.success) {
        declared.push({ value: result.data as Output<K>, node: rest });
        break;
      }
      const { issues }: { issues: Issue[] } = result.error;
      if (attempt === 0) for (const issue of issues) problems.push(...problemsOf(issue, kind, node));
      rest = prune(rest, issues.flatMap(pathsOf));
    }
  }
  return declared;
}

// Removing a value can leave a list item incomplete, and then the item goes too.
const ATTEMPTS_MAX = 3;

function pathsOf(issue: Issue): PropertyKey[][] {
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

function problemsOf(issue: Issue, kind: Kind, root: Located): Problem[] {
  if (issue.code === "unrecognized_keys") return pathsOf(issue).map((path) => unknownField(path, kind, root));
  const { path } = issue;
  const node = nodeAt(root, path);
  if (node === undefined) {
    const message = `cannot find ${dotted(path)} of ${kind}: the field has no default`;
    return [problemAtPath(root, path, "missing_field", message)];
  }
  const { code, fault, hint } = faultOf(issue, node, kind);
  if (node.kind === "scalar" && mayHoldSecret(path))
    return [problemAtPath(root, path, code, `cannot use ${dotted(path)}: ${fault}`, hint)];
  const value = node.kind === "scalar" ? quote(node.value) : `a ${node.kind === "list" ? "list" : "mapping"}`;
  return [problemAtPath(root, path, code, `cannot use ${dotted(path)} of ${value}: ${fault}`, hint)];
}

type Fault = { readonly code: ProblemCode; readonly fault: string; readonly hint?: string | undefined };

/** What a schema's issue with a value that is there means to an operator. */
function faultOf(issue: Issue, node: Located, kind: Kind): Fault {
  switch (issue.code) {
    case "custom": {
      const params = issue.params as FaultParams | undefined;
      return { code: params?.problem ?? "invalid_value", fault: issue.message, hint: params?.hint };
    }
    case "invalid_type": {
      const fault = `must be ${typeNames[issue.expected] ?? issue.expected}`;
      return { code: "invalid_type", fault, hint: typeHint(issue, node, kind) };
    }
    case "invalid_value": {
      const values = issue.values.map(String);
      if (values.length === 1) return { code: "invalid_value", fault: `must be ${values[0]}` };
      const near = node.kind === "scalar" ? nearest(String(node.value), values) : undefined;
      const hint = near === undefined ? undefined : `did you mean ${near}?`;
      return { code: "invalid_value", fault: `must be one of ${values.join(", ")}`, hint };
    }
    case "too_small":
      return { code: "out_of_range", fault: `must ${amount("at least", issue.minimum, node)}` };
    case "too_big":
      return { code: "out_of_range", fault: `must ${amount("at most", issue.maximum, node)}` };
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

function typeHint(issue: Issue & { code: "invalid_type" }, node: Located, kind: Kind): string | undefined {
  if (node.kind !== "scalar" || mayHoldSecret(issue.path)) return undefined;
  if (node.value === null) return "write a value, or remove the field";
  const text = String(node.value);
  if (issue.expected === "array") return `put it in brackets: [${text}]`;
  if (issue.expected !== "string") return undefined;
  const { pattern } = schemaAt(issue.path, kind);
  if (pattern === undefined || new RegExp(pattern).test(text)) return `put it in quotes: ${quote(text)}`;
  return problemCodes[issue.message as ProblemCode].hint;
}

function amount(bound: string, limit: number | bigint, node: Located): string {
  if (node.kind !== "list") return `be ${bound} ${limit}`;
  return `have ${bound} ${limit} ${limit === 1 ? "item" : "items"}, found ${node.items.length}`;
}

function unknownField(path: readonly PropertyKey[], kind: Kind, root: Located): Problem {
  const fields = Object.keys(schemaAt(path.slice(0, -1), kind).properties ?? {});
  const near = nearest(String(path.at(-1)), fields);
  const message = `cannot use the field ${dotted(path)} of ${kind}: there is no such field`;
  const hint = near === undefined ? `fields here: ${fields.join(", ")}` : `did you mean \`${near}\`?`;
  return problemAt(keyPlace(root, path), "unknown_field", message, { path, hint });
}

const schemaCache = new Map<Kind, FieldSchema>();

/** JSON Schema of the field at `path`. */
function schemaAt(path: readonly PropertyKey[], kind: Kind): FieldSchema {
  let schema = schemaCache.get(kind);
  if (schema === undefined) {
    schema = fieldSchema(kind);
    schemaCache.set(kind, schema);
  }
  for (const part of path) schema = typeof part === "number" ? schema?.items : schema?.properties?.[String(part)];
  return schema ?? {};
}
