/**
 * Real heads, mutated the way desync research does (delete, insert and replace bytes, repeat and join lines): each is
 * refused, or what goes to the worker is made of lines that the strictest grammar accepts. The grammar stands here a
 * second time, in another notation, so that it shares no mistake with the reader.
 */
import fc from "fast-check";
import t from "tap";
import { HeadBuffer } from "../../src/router/http1/head-buffer.ts";
import { parseRequestHead, type RequestHead } from "../../src/router/http1/read-head.ts";
import { readTraffic } from "../support/traffic.ts";

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const heads = [...new Set(readTraffic().map(({ head }) => head))].filter((head) => head.length < 3000);

// ---- the grammar

const line =
  /^([!#$%&'*+\-.^`|~0-9A-Za-z]+):([ \t]?)([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;
const theEdges = new RegExp(
  "^(connection|keep-alive|proxy|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect|host|content-length|content-encoding" +
    "|forwarded|x-forwarded-.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-.*|fastly-client-ip|x-host" +
    "|x-odoo-.*|x-openerp-.*|x-accel-.*|x-sendfile.*|x-http-.*|x-envoy-.*|x-original-.*|x-rewrite-.*|x-request-id|traceparent)$",
);
const single = ["cookie", "content-type", "authorization", "origin"];

/** What is wrong with lines that were passed; empty where nothing is. */
function faultsOf(passed: string): string[] {
  if (passed === "") return [];
  if (!passed.endsWith("\r\n")) return ["no CRLF at the end"];
  const lines = passed.slice(0, -2).split("\r\n");
  const names = lines.map((one) => line.exec(one)?.[1]?.toLowerCase() ?? "");
  return [
    ...lines.filter((_one, i) => names[i] === "").map((one) => `no field line: ${JSON.stringify(one)}`),
    ...names.filter((name) => theEdges.test(name)).map((name) => `not the client's to say: ${name}`),
    ...single.filter((name) => names.filter((one) => one === name).length > 1).map((name) => `repeated: ${name}`),
  ];
}

// ---- mutations

const strange = [
  "\r\n",
  "\r",
  "\n",
  "\0",
  ":",
  "\t",
  " ",
  "_",
  ",",
  "\x7f",
  "\xa0",
  "\x0b",
  "\r\n\r\n",
  "\r\n ",
  "chunked",
];
const injected = [
  "Transfer-Encoding: chunked",
  "Transfer-Encoding : chunked",
  "Content-Length: 0",
  "Host: b.example",
  "X-Forwarded-Host: b.example",
  "X-Odoo-Database: b",
  "Connection: X-Thing, sec-fetch-site",
  "X-Thing: 1",
  "Cookie: session_id=b",
  "Upgrade: h2c",
  "Expect: 100-continue",
  "Proxy: b",
];
type Mutation = readonly [kind: "delete" | "replace" | "insert" | "repeat" | "inject", at: number, what: number];
const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom("delete", "replace", "insert", "repeat", "inject"),
  fc.nat(5000),
  fc.nat(5000),
);

function mutate(head: string, [kind, at, what]: Mutation): string {
  const i = at % head.length;
  const bytes = strange[what % strange.length]!;
  if (kind === "delete") return head.slice(0, i) + head.slice(i + 1);
  if (kind === "replace") return head.slice(0, i) + bytes + head.slice(i + 1);
  if (kind === "insert") return head.slice(0, i) + bytes + head.slice(i);
  const lines = head.split("\r\n");
  const where = 1 + (at % (lines.length - 2));
  const added = kind === "repeat" ? lines[1 + (what % (lines.length - 2))]! : injected[what % injected.length]!;
  return lines.toSpliced(where, 0, added).join("\r\n");
}

/** The head that a connection would take off these bytes, null where it refuses or waits. */
function read(bytes: string): RequestHead | null {
  const input = new HeadBuffer();
  input.add(Buffer.from(bytes, "latin1"));
  const taken = input.takeHead(61_440);
  const head = typeof taken === "string" ? taken : parseRequestHead(taken, { headFieldsMax: 100 });
  return typeof head === "string" ? null : head;
}

const unread = heads.filter((head) => read(head) === null);
const faulty = heads.flatMap((head) => faultsOf(read(head)?.passed ?? ""));
t.strictSame([unread, faulty], [[], []], `${heads.length} recorded heads pass as lines of the grammar`);

let accepted = 0;
const property = fc.property(
  fc.constantFrom(...heads),
  fc.array(mutation, { minLength: 1, maxLength: 4 }),
  (head, mutations) => {
    const got = read(mutations.reduce(mutate, head));
    if (got === null) return;
    accepted++;
    const faults = faultsOf(got.passed);
    if (faults.length > 0) throw new Error(faults.join("; "));
  },
);
const details = fc.check(property, { seed, numRuns: 20_000 });
t.notOk(details.failed, `mutated heads are refused or pass as lines of the grammar, seed ${seed}`, {
  counterexample: JSON.stringify(details.counterexample),
});
t.ok(accepted > 3000, "enough mutated heads are accepted to prove something", { accepted });
