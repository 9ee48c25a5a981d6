import { problemCodes } from "./problem-codes.ts";
import { type FieldSchema, fieldSchema, kinds } from "./schema.ts";

/** The catalog's reference page, in Markdown: every field of every kind, then every problem. */
export function renderCatalogReference(): string {
  const parts = [
    "# Catalog",
    "",
    "A catalog is a file or folder of YAML or JSON documents. Durations are Gateway API durations (`15s`, `1h30m`), sizes are",
    "Kubernetes quantities (`128Mi`), networks are CIDRs or addresses. Fields without a default are required unless the",
    "text says what holds without them. A list's fields are those of each of its items.",
    "",
    "A later `-c` is an overlay: a document of the same kind and name is a JSON merge patch (RFC 7396) on the earlier one.",
    ...kinds.flatMap(kindLines),
    "",
    "## Problems",
    "",
    "| code | severity | meaning | what to do |",
    "|---|---|---|---|",
    ...problemLines(),
  ];
  return `${parts.join("\n")}\n`;
}

function kindLines(kind: (typeof kinds)[number]): string[] {
  const schema = fieldSchema(kind);
  const table = ["| field | type | default | unit | meaning |", "|---|---|---|---|---|"];
  const rows = fieldRows(schema, "").filter(({ path }) => path !== "apiVersion" && path !== "kind");
  return ["", `## ${kind}`, "", schema.description ?? "", "", ...table, ...rows.map((row) => row.line)];
}

interface FieldRow {
  readonly path: string;
  readonly line: string;
}

function fieldRows(schema: FieldSchema, prefix: string): FieldRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name;
    const inner = field.items === undefined ? fieldRows(field, `${path}.`) : fieldRows(field.items, `${path}[].`);
    const cells = [
      `\`${path}\``,
      typeText(field),
      defaultText(field, schema.required?.includes(name) ?? false),
      field.unit ?? "",
      field.description ?? "",
    ];
    return [{ path, line: `| ${cells.map(escapeCell).join(" | ")} |` }, ...inner];
  });
}

function typeText(field: FieldSchema): string {
  if (field.items !== undefined)
    return `list of ${field.items.properties === undefined ? typeText(field.items) : "mappings"}`;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${value}\``).join(", ");
  const bounded = field.minimum !== undefined && field.maximum !== undefined;
  const type = field.type === "object" ? "mapping" : [field.type].flat().join(" or ");
  return bounded ? `${type}, ${field.minimum} to ${field.maximum}` : type;
}

function defaultText(field: FieldSchema, required: boolean): string {
  if (required) return "required";
  const isEmpty =
    field.default === undefined || (field.properties !== undefined && JSON.stringify(field.default) === "{}");
  if (isEmpty) return "";
  return `\`${typeof field.default === "string" && field.default !== "" ? field.default : JSON.stringify(field.default)}\``;
}

function problemLines(): string[] {
  return Object.entries(problemCodes).map(
    ([code, { severity, doc, hint }]) => `| \`${code}\` | ${severity} | ${escapeCell(doc)} | ${escapeCell(hint)} |`,
  );
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
