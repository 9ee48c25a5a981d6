/** The recorded traffic of a real Odoo as requests that can be sent over HTTP/1.1, and what its workers answered. */
import { readFileSync } from "node:fs";
import type { StrictField } from "./strict-http.ts";

interface RawEntry {
  readonly id: number;
  readonly step: string;
  readonly http: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly number[];
  readonly body?: string;
  readonly bodyEncoding?: "utf-8" | "latin1";
  readonly fill?: ReadonlyArray<{ readonly at: number; readonly char: string; readonly length: number }>;
  readonly status?: number;
  readonly resHeaders?: readonly number[];
  readonly resLength?: number;
  readonly frames?: ReadonlyArray<readonly [msSinceOpen: number, from: "c2s" | "s2c", opcode: number, length: number]>;
}

interface Corpus {
  readonly fields: readonly StrictField[];
  readonly entries: readonly RawEntry[];
  readonly timeline: ReadonlyArray<readonly number[]>;
}

/** One recorded request and its answer. Strings are latin-1. */
export interface TrafficEntry {
  readonly id: number;
  readonly step: string;
  readonly method: string;
  readonly target: string;
  /** As HTTP/1.1 would carry them; Content-Length is the body's. */
  readonly fields: readonly StrictField[];
  /** Request line and fields, with the empty line. */
  readonly head: string;
  readonly body: string;
  readonly chunked: boolean;
  readonly status: number;
  readonly answerFields: readonly StrictField[];
  /** Bytes of the answer's body. */
  readonly answerLength: number;
  /** Frames of a WebSocket; null for an ordinary request. */
  readonly frames: RawEntry["frames"] | null;
}

/** A request of the timeline: which entry and when. */
export interface TimelineEvent {
  readonly entry: number;
  readonly startMs: number;
  /** Whether it opens a WebSocket. */
  readonly tunnel: boolean;
}

let loaded: Corpus | null = null;

function corpus(): Corpus {
  loaded ??= JSON.parse(readFileSync(new URL("../corpora/odoo-traffic.json", import.meta.url), "utf8")) as Corpus;
  return loaded;
}

/** Every entry, once, in order. */
export function readTraffic(): TrafficEntry[] {
  const { fields, entries } = corpus();
  return entries.map((entry) => toTraffic(entry, fields));
}

/** Every request in order of arrival; `runs` of the recording follow each other. */
export function readTimeline(): TimelineEvent[] {
  const runStarts = new Map<number, number>();
  let last = 0;
  const { timeline, entries } = corpus();
  return timeline.map(([entry = 0, run = 0, tMs = 0]) => {
    if (!runStarts.has(run)) runStarts.set(run, last - tMs);
    last = tMs + runStarts.get(run)!;
    return { entry, startMs: last, tunnel: entries[entry]!.frames !== undefined };
  });
}

function toTraffic(entry: RawEntry, table: readonly StrictField[]): TrafficEntry {
  const body = wholeBody(entry);
  const recorded = entry.headers.map((i) => table[i]!);
  const fields = (entry.http.startsWith("2") ? fromHttp2(recorded) : recorded).map(
    ([name, value]): StrictField => [name, name.toLowerCase() === "content-length" ? `${body.length}` : value],
  );
  const { id, step, method, target } = entry;
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return {
    id,
    step,
    method,
    target,
    fields,
    head: `${method} ${target} HTTP/1.1\r\n${lines}\r\n`,
    body,
    chunked: fields.some(([name]) => name.toLowerCase() === "transfer-encoding"),
    // A socket that its client left before the answer: it would have been opened.
    status: entry.status ?? 101,
    answerFields: entry.resHeaders?.map((i) => table[i]!) ?? [],
    answerLength: entry.resLength ?? 0,
    frames: entry.frames ?? null,
  };
}

function wholeBody({ body = "", bodyEncoding, fill = [] }: RawEntry): string {
  let text = body;
  for (const { at, char, length } of fill.toReversed()) text = text.slice(0, at) + char.repeat(length) + text.slice(at);
  return bodyEncoding === "utf-8" ? Buffer.from(text, "utf8").toString("latin1") : text;
}

/** What an HTTP/2 front makes of the fields for HTTP/1.1 (RFC 9113 section 8.2.3 for the cookies). */
function fromHttp2(fields: readonly StrictField[]): StrictField[] {
  const named = (name: string) => fields.filter(([n]) => n === name).map(([, value]) => value);
  const plain = fields.filter(([name]) => !name.startsWith(":") && name !== "cookie");
  const cookies = named("cookie");
  return [
    ["host", named(":authority")[0] ?? ""],
    ...plain,
    ...(cookies.length > 0 ? [["cookie", cookies.join("; ")] as const] : []),
  ];
}
