/**
 * What browsers asked of a real Odoo 17, and how it answered: a generated file (`scripts/odoo-mix.ts`) condensed from the
 * recording in `test/corpora`. Cookies and tokens in it were never real.
 */
import { readFileSync } from "node:fs";
import type { RequestTemplate, Traffic } from "./traffic.ts";

/** One request, for as many of the recording as its weight says. */
export interface MixRequest {
  /** `static`, `page`, `rpc`, `binary`, `data` or `websocket`. */
  readonly class: string;
  readonly weight: number;
  readonly method: string;
  readonly target: string;
  /** Indices of field lines. */
  readonly fields: readonly number[];
  readonly body?: string;
  /** `latin1`: one character per byte. */
  readonly bodyEncoding?: "utf-8" | "latin1";
  /** Runs of one character that were taken out: to be put back at `at`, last first. */
  readonly fill?: ReadonlyArray<{ readonly at: number; readonly char: string; readonly length: number }>;
  readonly status: number;
  readonly answerBytes: number;
  /** How long Odoo took; the order of magnitude is right, the machine was a small one. */
  readonly serviceMs: number;
}

export interface OdooMix {
  /** Field lines, `Name: value`, with the marks of Traffic for host and origin. */
  readonly fields: readonly string[];
  readonly requests: readonly MixRequest[];
}

/** Tells a bench worker which request of the mix this is, so that it answers as Odoo did. */
export const mixField = "x-bench-request";

/** Reads the mix of the package. */
export function readOdooMix(): OdooMix {
  // Two folders up, from src/load and from dist/load alike.
  return JSON.parse(readFileSync(new URL("../../config/bench/odoo-mix.json", import.meta.url), "utf8")) as OdooMix;
}

/** The mix as traffic; `expect` in place of what Odoo answered, where it is given. */
export function odooTraffic(hosts: readonly string[], zipf: number, expect: readonly number[] | null): Traffic {
  const mix = readOdooMix();
  const requests = mix.requests.map((request, i) => templateOf(request, i, mix.fields, expect));
  return {
    hosts,
    zipf,
    clients: 0,
    requests,
    words: hosts.length === 1 ? "odoo-mix" : `odoo-mix, ${hosts.length} hosts, zipf ${zipf}`,
  };
}

function templateOf(
  request: MixRequest,
  index: number,
  lines: readonly string[],
  expect: readonly number[] | null,
): RequestTemplate {
  const { weight, method, target, fields, status } = request;
  return {
    weight,
    method,
    head: [target, ...fields.map((i) => lines[i]!), `${mixField}: ${index}`].join("\r\n"),
    body: bodyOf(request),
    expect: expect ?? [status],
    upgrade: request.class === "websocket",
  };
}

function bodyOf({ body = "", bodyEncoding, fill = [] }: MixRequest): string {
  let text = body;
  for (const { at, char, length } of fill.toReversed()) text = text.slice(0, at) + char.repeat(length) + text.slice(at);
  return bodyEncoding === "utf-8" ? Buffer.from(text, "utf8").toString("latin1") : text;
}
