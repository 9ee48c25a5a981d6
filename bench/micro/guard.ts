// Cost of judging a body, fed in pieces as they come from a socket: usual bodies, and the worst that a search found. With
// `--json`, as one line of JSON.
import { findDoor } from "../../src/policy/doors.ts";
import { BodyGuard } from "../../src/policy/guard/body-guard.ts";
import { KeyedHash } from "../../src/policy/limits/keyed-hash.ts";

/** Bodies of the web client that are judged at their end. */
const WHOLE_BYTES = 64 * 1024;
const PIECE_BYTES = 64 * 1024;
const BYTES_PER_CASE = 96 * 2 ** 20;
const MiB = 2 ** 20;

const boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
const multipartType = `multipart/form-data; boundary=${boundary}`;
const part = (name: string, content: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\n\r\n${content}\r\n`;
const multipart = (...parts: readonly string[]) => `${parts.join("")}--${boundary}--\r\n`;
const rpc = (rest: string) =>
  `{"jsonrpc":"2.0","params":{"service":"object","method":"execute_kw","args":["acme.example",2,"x",${rest}]},"id":1}`;
const app = (rest: string) => `{"jsonrpc":"2.0","method":"call","params":{"model":"res.partner","args":[${rest}]}}`;
const filled = (unit: string, bytes: number) => unit.repeat(Math.ceil(bytes / unit.length));
const base64 = filled("iVBORw0KGgoAAAANSUhEUgAA/+9x", 5 * MiB);
const binary = Buffer.from(Uint8Array.from({ length: 5 * MiB }, (_, i) => (i * 2654435761) >>> 13)).toString("latin1");
const record = '{"id":7,"name":"Deco Addict","email":"deco@example.com","tags":[[6,false,[1,2,3]]],"note":"a\\nb"},';

const json = "application/json";
const form = "application/x-www-form-urlencoded";
type Case = readonly [name: string, path: string, type: string, body: string];
const usual: readonly Case[] = [
  ["call_kw of 2 KiB", "/web/dataset/call_kw", json, app(`${filled(record, 2000)}1`)],
  ["JSON-RPC call of 2 KiB", "/jsonrpc", json, rpc(`${filled(record, 2000)}1`)],
  ["base64 in JSON, 5 MiB", "/web/dataset/call_kw", json, app(`{"datas":"${base64}"}`)],
  ["base64 in JSON-RPC, 5 MiB", "/jsonrpc", json, rpc(`{"datas":"${base64}"}`)],
  ["multipart upload, 5 MiB", "/web/binary/upload_attachment", multipartType, multipart(part("ufile", binary))],
  ["encoded form, 5 MiB", "/shop", form, `comment=${filled("Hello+World%21", 5 * MiB)}`],
];
const worst: readonly Case[] = [
  ["{},{}, in args, 24 MiB", "/jsonrpc", json, rpc(filled("{},", 24 * MiB))],
  ["{},{}, at the app, 24 MiB", "/x", json, app(filled("{},", 24 * MiB))],
  ["open brackets", "/x", json, app(filled("[", 4 * MiB))],
  ["short strings", "/jsonrpc", json, rpc(filled('"",', 4 * MiB))],
  ["escapes in strings", "/jsonrpc", json, rpc(`"${filled("\\n", 4 * MiB)}"`)],
  ["two-byte text", "/jsonrpc", json, rpc(`"${filled("\xc3\xa9", 4 * MiB)}"`)],
  ["keys of params", "/x", json, `{"params":{${filled('"":1,', 4 * MiB)}"a":1}}`],
  ["services in params", "/x", json, `{"params":{${filled('"service":"",', 4 * MiB)}"a":1}}`],
  ["long services in params", "/x", json, `{"params":{${filled(`"service":"${"a".repeat(32)}",`, 4 * MiB)}"a":1}}`],
  ["escaped keys", "/x", json, `{"params":{${filled('"\\u0064":1,', 4 * MiB)}"a":1}}`],
  ["one escaped key", "/x", json, `{"${filled("\\u0064", 4 * MiB)}":1}`],
  ["params again and again", "/x", json, `{${filled('"params":{},', 4 * MiB)}"a":1}`],
  ["pairs", "/x", json, `{"params":[${filled('["a"],', 4 * MiB)}1]}`],
  ["form names", "/x", form, filled("a&", 4 * MiB)],
  ["guarded form names", "/x", form, filled("db&", 4 * MiB)],
  ["guarded form values", "/x", form, filled("db=acme.example&", 4 * MiB)],
  ["escapes in a form", "/x", form, filled("%61", 4 * MiB)],
  ["login names in a form", "/web/login", form, filled("login=abcdefgh&", 4 * MiB)],
  ["a long login name", "/web/login", form, `login=${filled("+a", 4 * MiB)}`],
  ["login names in JSON", "/x", "", `{"params":{${filled('"login":"abcdefgh",', 4 * MiB)}"a":1}}`],
  ["states in a form", "/x", form, filled('state={"":1}&', 4 * MiB)],
  ["long states in a form", "/x", form, filled(`state={${filled('"d":"",', 4000)}"a":1}&`, 4 * MiB)],
  ["states with escaped keys", "/x", form, filled(`state={${filled('"\\\\":1,', 4000)}"a":1}&`, 4 * MiB)],
  ["small parts", "/x", multipartType, multipart(filled(part("a", ""), 4 * MiB))],
  ["guarded parts", "/x", multipartType, multipart(filled(part("db", "acme.example"), 4 * MiB))],
  ["line breaks in a part", "/x", multipartType, multipart(part("a", filled("\r\n", 4 * MiB)))],
  ["dashes in a part", "/x", multipartType, multipart(part("a", filled("-", 4 * MiB)))],
  ["almost the boundary", "/x", multipartType, multipart(part("a", filled(`\r\n--${boundary.slice(0, -1)}`, 4 * MiB)))],
  [
    "dashes before a boundary of dashes",
    "/x",
    `multipart/form-data; boundary=${"-".repeat(69)}x`,
    filled("-", 4 * MiB),
  ],
];

const logins = new KeyedHash({ k0: 1, k1: 2 });

function judge(bytes: Buffer, path: string, contentType: string): string {
  const bound = { database: "acme.example", formerDatabases: [], odooMajor: 17, doorKeys: [], exempt: [] };
  const guard = new BodyGuard({
    bound,
    door: findDoor(path, 17),
    method: "POST",
    rpc: "bound",
    judgedPath: path,
    contentType,
    logins,
  });
  if (bytes.length <= WHOLE_BYTES && guard.prefersWhole(bytes[0]!))
    guard.feedWhole({ text: bytes.toString("latin1"), blocks: () => [bytes] });
  else
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      guard.feed(bytes, at, Math.min(at + PIECE_BYTES, bytes.length));
  return guard.end()?.reason ?? "passes";
}

/** What judging one body costs. */
export interface GuardCost {
  readonly name: string;
  readonly micros: number;
  readonly nsPerByte: number;
  readonly verdict: string;
}

/** Both tables, in their order. */
export interface GuardCosts {
  readonly usual: readonly GuardCost[];
  readonly worst: readonly GuardCost[];
}

function measure([name, path, type, body]: Case): GuardCost {
  const bytes = Buffer.from(body, "latin1");
  const rounds = Math.max(2, Math.ceil(BYTES_PER_CASE / 8 / bytes.length));
  let best = Number.POSITIVE_INFINITY;
  let verdict = "";
  for (let repeat = 0; repeat < 3; repeat++) {
    const start = process.cpuUsage();
    for (let i = 0; i < rounds; i++) verdict = judge(bytes, path, type);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / rounds);
  }
  return { name, micros: best, nsPerByte: (best * 1000) / bytes.length, verdict };
}

function print({ name, micros, nsPerByte, verdict }: GuardCost): void {
  const rate = (1000 / nsPerByte).toFixed(0);
  console.log(`${name}: ${micros.toFixed(1)} µs, ${nsPerByte.toFixed(2)} ns/byte, ${rate} MB/s; ${verdict}`);
}

const costs: GuardCosts = { usual: usual.map(measure), worst: worst.map(measure) };
if (process.argv.includes("--json")) {
  console.log(JSON.stringify(costs));
} else {
  costs.usual.forEach(print);
  console.log("worst:");
  costs.worst.forEach(print);
}
