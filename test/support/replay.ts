/** Replays recorded requests through an edge and says what it changed that it may not change. */
import { canonicalPath } from "../../src/policy/path.ts";
import { exchangeRaw, readResponses, type StrictResponse } from "./raw-client.ts";
import type { RecordedRequest } from "./recording-worker.ts";
import { fieldValues, type StrictField } from "./strict-http.ts";
import type { TrafficEntry } from "./traffic.ts";
import { entryField, fillerBody, framesOf, type TrafficScript } from "./traffic-worker.ts";

/** Address that the proxy in front of the edge reports for the client. */
const clientAddress = "203.0.113.7";

const hopByHop = ["connection", "keep-alive", "te", "upgrade", "transfer-encoding", "expect"];
/** Request fields that the edge replaces or removes (the removed names beyond hop-by-hop that occur in the recording). */
const edgeFields = [...hopByHop, "host", "content-length", "x-openerp-session-id"];

/** The bytes that the proxy in front would send for an entry; ordinary requests end their connection. */
export function requestBytes(entry: TrafficEntry): string {
  const kept =
    entry.frames === null ? entry.fields.filter(([name]) => name.toLowerCase() !== "connection") : entry.fields;
  const added = [
    ["X-Forwarded-For", clientAddress],
    ["X-Forwarded-Proto", "https"],
    [entryField, `${entry.id}`],
    ...(entry.frames === null ? [["Connection", "close"]] : []),
  ];
  const lines = [...kept, ...added].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${entry.method} ${entry.target} HTTP/1.1\r\n${lines}\r\n${bodyBytes(entry)}`;
}

function bodyBytes({ body, chunked }: TrafficEntry): string {
  return chunked ? `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n` : body;
}

/** What one entry came to: the status that the client saw and everything that was not as recorded. */
export interface ReplayOutcome {
  readonly status: number;
  readonly arrived: boolean;
  readonly findings: readonly string[];
}

/** Sends an entry through the edge on `port`; `script` is what its worker runs. */
export async function replayEntry(port: number, entry: TrafficEntry, script: TrafficScript): Promise<ReplayOutcome> {
  const serverFrames = framesOf(entry, "s2c");
  const clientFrames = framesOf(entry, "c2s");
  const opened = entry.frames !== null;
  const satisfied = (received: Buffer) => {
    const headEnd = received.indexOf("\r\n\r\n");
    const arrived = (script.frameBytes.get(entry.id) ?? 0) === clientFrames.length;
    return headEnd >= 0 && arrived && received.length >= headEnd + 4 + serverFrames.length;
  };
  const segments = opened ? [requestBytes(entry), clientFrames.toString("latin1")] : [requestBytes(entry)];
  const exchange = await exchangeRaw(port, segments, opened ? { satisfied, quietMs: 500 } : { quietMs: 5000 });
  const { finals, rest } = readResponses(exchange, [entry.method]);
  const [response] = finals;
  if (response === undefined) return { status: 0, arrived: script.received.has(entry.id), findings: ["no response"] };
  const request = script.received.get(entry.id);
  if (request === undefined) return { status: response.status, arrived: false, findings: [] };
  const findings = [...compareRequest(entry, request), ...compareResponse(entry, response)];
  if (opened && rest !== serverFrames.toString("latin1")) findings.push("the server's frames changed");
  if (opened && script.frameBytes.get(entry.id) !== clientFrames.length)
    findings.push("the client's frames did not all arrive");
  return { status: response.status, arrived: true, findings };
}

function compareRequest(entry: TrafficEntry, request: RecordedRequest): string[] {
  const [path = "", ...query] = entry.target.split("?");
  const host = fieldValues(entry.fields, "host")[0]!
    .replace(/^www\./, "")
    .replace(/:.*/, "");
  const passed = entry.fields.filter(([name]) => !edgeFields.includes(name.toLowerCase()));
  const names = new Set(passed.map(([name]) => name.toLowerCase()));
  const got = request.fields.filter(([name]) => names.has(name.toLowerCase()));
  const one = (name: string) => fieldValues(request.fields, name).join();
  return [
    ...request.faults,
    ...differ("method", request.method, entry.method),
    ...differ("target", request.target, [canonicalPath(path), ...query].join("?")),
    ...differ("fields", got, passed),
    ...differ("body", request.body, entry.body),
    ...differ("Host", one("host"), host),
    ...differ("X-Forwarded-Host", one("x-forwarded-host"), host),
    ...differ("X-Forwarded-Proto", one("x-forwarded-proto"), "https"),
    ...differ("X-Forwarded-For", one("x-forwarded-for"), clientAddress),
  ];
}

/** What section 3.1 of the design changes in an answer: hop-by-hop fields and Server go, equal singletons are folded. */
function expectedFields(entry: TrafficEntry): StrictField[] {
  const dropped = ["connection", "server", "content-length"];
  const fields = entry.answerFields.filter(([name]) => !dropped.includes(name.toLowerCase()));
  return fields
    .filter(([name], i) => name === "Set-Cookie" || fields.findIndex(([other]) => other === name) === i)
    .map(secured);
}

function secured([name, value]: StrictField): StrictField {
  return name === "Set-Cookie" ? [name, `${value.replace(/; *Domain=[^;]*/i, "")}; Secure`] : [name, value];
}

function compareResponse(entry: TrafficEntry, response: StrictResponse): string[] {
  if (entry.frames !== null) return differ("status", response.status, 101);
  const expected = expectedFields(entry);
  const names = new Set(expected.map(([name]) => name.toLowerCase()));
  const got = response.fields.filter(([name]) => names.has(name.toLowerCase()));
  const extra = response.fields.filter(([name]) => !names.has(name.toLowerCase())).map(([name]) => name.toLowerCase());
  const edges = ["connection", "transfer-encoding", "content-length", "ratelimit-policy", "ratelimit"];
  const lengthOf = (fields: readonly StrictField[]) => fieldValues(fields, "content-length").join();
  return [
    ...response.faults,
    ...differ("status", response.status, entry.status),
    ...differ("answer fields", got.map(lowerName), expected.map(lowerName)),
    ...differ(
      "added answer fields",
      extra.filter((name) => !edges.includes(name)),
      [],
    ),
    ...differ("Content-Length", lengthOf(response.fields), lengthOf(entry.answerFields)),
    ...differ("answer body", response.body, fillerBody(entry.answerLength).toString("latin1")),
  ];
}

const lowerName = ([name, value]: StrictField): StrictField => [name.toLowerCase(), value];

function differ(what: string, got: unknown, wanted: unknown): string[] {
  if (got === wanted) return [];
  const [a = "", b = ""] = [JSON.stringify(got), JSON.stringify(wanted)];
  return a === b ? [] : [`${what}: ${a.slice(0, 500)}, not ${b.slice(0, 500)}`];
}
