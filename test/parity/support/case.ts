import type { RowId } from "../../../src/plan/parity.ts";
import type { ParityVariant } from "./catalog.ts";
import type { Sent } from "./lane.ts";

/** One thing that is sent to both edges. */
export interface ParityCase {
  /** What it is about, and which of its kind. */
  readonly name: string;
  readonly sent: Sent;
  /** Rows that it is about, beside those that the edge's answer names. */
  readonly rows: readonly RowId[];
  /** Guards and ports with which it is sent. */
  readonly where: (variant: ParityVariant) => boolean;
}

export type Where = ParityCase["where"];

/** Whether a variant is behind a proxy that ends TLS. */
export const behindProxy: Where = ({ externalPort }) => externalPort === 443;
/** The variants with clients of their own. */
export const inFront: Where = (variant) => !behindProxy(variant);
/** The variant that gets everything. */
export const whole: Where = ({ guard, externalPort }) => guard === "Deny" && externalPort === 80;
/** A guard that judges stands behind Envoy. */
export const judged: Where = (variant) =>
  inFront(variant) && (variant.guard === "Sidecar" || variant.guard === "ExtAuth");

/** What a case says beyond its bytes. */
export type CaseOptions = Partial<Pick<Sent, "from" | "answers" | "quietMs"> & Pick<ParityCase, "rows" | "where">>;

/** A case of bytes as they are; the first word of them is the method. */
export function rawCase(name: string, segments: readonly string[], options: CaseOptions = {}): ParityCase {
  const { from = "", answers = 1, quietMs = 400, rows = [], where = inFront } = options;
  const method = /^[A-Z]+/.exec(segments.join(""))?.[0] ?? "GET";
  return { name, sent: { segments, method, answers, from, quietMs }, rows, where };
}

/** A request of lines, with a body of exactly its length. `line` is `METHOD TARGET`, without a version. */
export function ask(line: string, host: string, fields: readonly string[] = [], body = ""): string {
  const [method = ""] = line.split(" ");
  const length = body !== "" || /^(?:POST|PUT|PATCH)$/.test(method) ? [`Content-Length: ${body.length}`] : [];
  const lines = [`${line} HTTP/1.1`, `Host: ${host}`, ...fields, ...length];
  return `${lines.map((text) => `${text}\r\n`).join("")}\r\n${body}`;
}
