/**
 * Condenses the recorded Odoo traffic (test/corpora) to what a load needs: some hundred requests whose weights give the
 * recording's shares of classes, methods, sizes and service times.
 */
import { readFileSync } from "node:fs";
import type { MixRequest, OdooMix } from "../src/load/odoo-mix.ts";
import { hostMark, originMark } from "../src/load/traffic.ts";

interface Entry {
  readonly id: number;
  readonly step: string;
  readonly client: string;
  readonly class: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly number[];
  readonly body?: string;
  readonly bodyEncoding?: "utf-8" | "latin1";
  readonly bodyLength?: number;
  readonly bodyTruncated?: boolean;
  readonly fill?: MixRequest["fill"];
  readonly repeats: number;
  readonly status?: number;
  readonly resLength?: number;
  readonly serviceMs?: number;
}

interface Recording {
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
  readonly entries: readonly Entry[];
}

/** Picks of the whole, shared out by weight. */
const picks = 240;
/** Least picks of a class and method, so that a rare one keeps its spread. */
const picksMin = 6;
const ownFields: ReadonlySet<string> = new Set(["host", "content-length"]);

/** The text of `config/bench/odoo-mix.json`; the same recording gives the same text. */
export function renderOdooMix(): string {
  const url = new URL("../test/corpora/odoo-traffic.json", import.meta.url);
  const recording = JSON.parse(readFileSync(url, "utf8")) as Recording;
  const entries = recording.entries.filter(isUsual);
  const total = weightOf(entries);
  const groups = Map.groupBy(entries, (entry) => `${entry.class} ${entry.method}`);
  const chosen = [...groups.values()].flatMap((group) =>
    pick(group, Math.max(picksMin, Math.round((picks * weightOf(group)) / total))),
  );
  const lines = [...new Set(chosen.flatMap(({ entry }) => fieldsOf(entry, recording)))];
  const requests = chosen.map(({ entry, weight }) => requestOf(entry, weight, lines, recording));
  const mix: OdooMix = { fields: lines, requests };
  return `{"fields":[\n${rows(mix.fields)}\n],"requests":[\n${rows(mix.requests)}\n]}\n`;
}

/** Browsers without developer mode, whose files come one by one. */
function isUsual({ client, step, bodyTruncated }: Entry): boolean {
  return client === "chromium" && !step.includes("debug") && bodyTruncated !== true;
}

function weightOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { repeats }) => sum + repeats, 0);
}

/** Entries at even distances of the group in the order of their size, each with its part of the group's weight. */
function pick(group: readonly Entry[], count: number): { entry: Entry; weight: number }[] {
  const size = ({ bodyLength = 0, resLength = 0 }: Entry): number => bodyLength * 10 + resLength;
  const sorted = group.toSorted((a, b) => size(a) - size(b) || a.id - b.id);
  const all = sorted.flatMap((entry) => Array<Entry>(entry.repeats).fill(entry));
  const weight = all.length / count;
  const counts = new Map<Entry, number>();
  for (let i = 0; i < count; i++) {
    const entry = all[Math.floor(((i + 0.5) / count) * all.length)]!;
    counts.set(entry, (counts.get(entry) ?? 0) + weight);
  }
  return [...counts].map(([entry, weight]) => ({ entry, weight: Number(weight.toFixed(3)) }));
}

function requestOf(entry: Entry, weight: number, lines: readonly string[], recording: Recording): MixRequest {
  const { method, body = "", bodyEncoding = "utf-8", fill = [], status = 101, resLength = 0, serviceMs = 0 } = entry;
  return {
    class: entry.class,
    weight,
    method,
    target: marked(entry.target),
    fields: fieldsOf(entry, recording).map((line) => lines.indexOf(line)),
    ...(body === "" ? {} : { body: markedBody(entry), bodyEncoding, fill }),
    status,
    answerBytes: resLength,
    serviceMs,
  };
}

/** `fill` counts characters of the body, so that a name in front of one may not be replaced: such a body keeps its own. */
function markedBody({ body = "", fill = [] }: Entry): string {
  return fill.length === 0 ? marked(body) : body;
}

/** As HTTP/1.1 carries them: of HTTP/2 without pseudo fields and with one Cookie (RFC 9113 section 8.2.3). */
function fieldsOf({ headers }: Entry, { fields }: Recording): string[] {
  const written = headers.map((i) => fields[i]!);
  const plain = written.filter(
    ([name]) => name !== "cookie" && !name.startsWith(":") && !ownFields.has(name.toLowerCase()),
  );
  const cookies = written.filter(([name]) => name === "cookie").map(([, value]) => value);
  const all = cookies.length === 0 ? plain : [...plain, ["cookie", cookies.join("; ")] as const];
  return all.map(([name, value]) => `${name}: ${marked(value)}`);
}

/** The tenants' names and origins become marks, in whatever coding they stand. */
function marked(text: string): string {
  return text
    .replaceAll(/https?:\/\/(?:www\.)?(?:acme|globex)\.planapulse\.app/g, originMark)
    .replaceAll(/(?:www\.)?(?:acme|globex)\.planapulse\.app/g, hostMark);
}

function rows(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(",\n");
}
