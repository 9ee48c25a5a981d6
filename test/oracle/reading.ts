import type { AnswerCode } from "../../src/core/answers.ts";
import { canonicalHost } from "../../src/policy/host.ts";
import { canonicalPath } from "../../src/policy/path.ts";
import { splitTarget } from "../../src/policy/target.ts";
import { headPiece } from "../../src/router/http1/head-piece.ts";
import { parseRequestHead, type RequestHead } from "../../src/router/http1/read-head.ts";
import type { StrictField } from "../support/strict-http.ts";

/** What a parser understood of one raw request. Strings are latin-1. */
export interface Reading {
  readonly method: string;
  readonly target: string;
  /** In the order of the wire, names lower-cased, values without surrounding blanks. */
  readonly fields: readonly StrictField[];
  /** As much of the body as came. */
  readonly body: string;
}

/** A parser's verdict: what it read, or why it would not. */
export type Verdict = { readonly reading: Reading } | { readonly refused: string };

/** A parser of another family, asked about many raw requests at once. */
export type Oracle = (raws: readonly string[]) => Promise<readonly Verdict[]>;

/** The edge's verdict on a raw head, steps 1 to 4; of `tail`, which follows it, the body is what the framing takes. */
export function readAsEdge(raw: string, tail: string): { readonly reading: Reading } | { readonly code: AnswerCode } {
  const head = parseRequestHead(headPiece(raw), { headFieldsMax: 100 });
  if (typeof head === "string") return { code: head };
  const target = splitTarget(head.method, head.target);
  if (typeof target === "string") return { code: target };
  if (canonicalPath(target.path) === "") return { code: "bad_path" };
  const hosts = target.authority === "" ? [head.host] : [head.host, target.authority];
  if (hosts.some((host) => canonicalHost(host) === "")) return { code: "bad_host" };
  const fields = Array.from({ length: head.fieldCount }, (_, i): StrictField => {
    return [head.fieldName(i).toLowerCase(), head.fieldValue(i)];
  });
  return { reading: { method: head.method, target: head.target, fields, body: bodyOf(head, tail) } };
}

/** `tail` is chunked text; behind a Content-Length it is plain bytes. */
function bodyOf(head: RequestHead, tail: string): string {
  if (head.framing === "none") return "";
  if (head.framing === "length") return tail.slice(0, head.contentLength);
  return [...tail.matchAll(/[0-9a-f]+\r\n([^\r]*)\r\n/g)].map(([, data]) => data).join("");
}
