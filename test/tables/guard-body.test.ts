/** All readings of one body: what a worker could take it for, and real traffic. */
import t from "tap";
import { findDoor } from "../../src/policy/doors.ts";
import { BodyGuard } from "../../src/policy/guard/body-guard.ts";
import { canonicalPath, mergeSlashes, withoutFirstSegment } from "../../src/policy/path.ts";
import { guardFacts, OWN, read, verdicts, word } from "../support/guard-bodies.ts";
import { readTraffic, type TrafficEntry } from "../support/traffic.ts";

const FORM = "application/x-www-form-urlencoded";
const rpc = (database: string) => `{"params":{"service":"object","method":"execute","args":["${database}",2]}}`;
const xml = (database: string) =>
  `<?xml version='1.0'?>\n<methodCall><methodName>execute</methodName><params><param><value><string>${database}</string></value></param></params></methodCall>\n`;

type Row = readonly [rule: string, path: string, type: string, body: string, want: string, protocol: string];
const rows: readonly Row[] = [
  ["JSON by its type", "/x", "application/json", rpc("globex"), "json-rpc args", "json-rpc"],
  ["JSON without a type", "/x", "", rpc("globex"), "json-rpc args", "json-rpc"],
  ["JSON behind white space", "/x", "text/plain", ` \r\n\t${rpc("globex")}`, "json-rpc args", "json-rpc"],
  ["JSON with the type of XML", "/x", "text/xml", rpc("globex"), "json-rpc args", "json-rpc"],
  ["JSON with the type of a form", "/x", FORM, rpc("globex"), "json-rpc args", "json-rpc"],
  ["a form that begins as JSON", "/x", FORM, `${rpc(OWN)}&db=globex`, "form db", "none"],
  ["JSON of the bound database with the type of a form", "/x", FORM, rpc(OWN), "", "none"],
  ["XML without a type", "/x", "", xml("globex"), "xml-rpc args", "xml-rpc"],
  ["XML with the type of JSON", "/x", "application/json", xml("globex"), "xml-rpc args", "xml-rpc"],
  ["XML with the type of a form", "/x", FORM, xml("globex"), "xml-rpc args", "xml-rpc"],
  ["XML of the bound database at any path", "/x", "text/xml", xml(OWN), "", "none"],
  ["a form at any path", "/x", FORM, "db=globex", "form db", "none"],
  ["a form with the type of a form at an XML door", "/xmlrpc/2/object", FORM, "a=b", "xml-rpc methodCall", "xml-rpc"],
  ["JSON at an XML door", "/xmlrpc/2/object", "application/json", rpc(OWN), "xml-rpc methodCall", "xml-rpc"],
  ["XML at a JSON door", "/jsonrpc", "text/xml", xml(OWN), "json body", "json-rpc"],
  ["a refused login", "/web/session/authenticate", "application/json", '{"params":{"db":"x"}}', "json db", "json-rpc"],
  ["a call at an XML door", "/xmlrpc/2/object", "text/xml", xml("globex"), "xml-rpc args", "xml-rpc"],
  ["an allowed call at an XML door", "/fr/xmlrpc/2/object", "text/xml", xml(OWN), "", "xml-rpc"],
  ["a multipart form that begins as JSON", "/x", "multipart/form-data; boundary=b", rpc(OWN), "form form", "none"],
  ["an upload that looks like a call in a file", "/x", "application/octet-stream", `PK${rpc("globex")}`, "", "none"],
  ["an image", "/x", "image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "", "none"],
  ["nothing", "/x", FORM, "", "", "none"],
  ["nothing at a JSON door", "/jsonrpc", "application/json", "", "", "json-rpc"],
];
for (const [rule, path, type, body, want, protocol] of rows) {
  const facts = guardFacts(path, type);
  const guard = new BodyGuard(facts);
  t.equal(word(read(guard, body, [])), want, rule);
  t.equal(guard.protocol, protocol, `${rule}: how it is answered`);
  t.equal(verdicts(facts, body).length, 1, `${rule}, at any split`);
}

/** Recorded bodies that are refused, each with its reason; everything else passes as it was sent. */
const refusedEntries: ReadonlyArray<readonly [id: number, want: string, why: string]> = [
  [1144, "xml-rpc methodCall", "PHP's `escaping => cdata`: a CDATA section"],
  [1150, "json-rpc service", "OdooRPC's user lists databases"],
  [1159, "xml-rpc service", "ERPpeek lists databases; it goes on after a fault"],
  [1179, "xml-rpc methodCall", "the recording keeps the first 64 KiB of this body only"],
  [1214, "json-rpc args", "a webhook that is, to the byte, a call of `object` without a database"],
];

/** With the host's database, or as if the host were bound to another one. */
function judgeEntry({ fields, target, method, body }: TrafficEntry, other = ""): string {
  const field = (name: string) => fields.find(([found]) => found.toLowerCase() === name)?.[1] ?? "";
  const path = mergeSlashes(canonicalPath(target.split("?", 1)[0]!));
  const database = other || field("host").replace(/^www\.|:\d+$/g, "");
  const door = findDoor(path, 17) ?? findDoor(withoutFirstSegment(path), 17);
  const bound = { database, formerDatabases: [], odooMajor: 17, doorKeys: door?.keys ?? [], exempt: [] };
  const facts = { bound, door, method, rpc: "bound" as const, judgedPath: path, contentType: field("content-type") };
  const middle = body.length >> 1;
  return word(read(new BodyGuard(facts), body, [1, middle, middle + 1]));
}

const recorded = readTraffic().filter(({ body }) => body !== "");
t.ok(recorded.length > 500, "the recording has bodies");
t.strictSame(
  recorded.map((entry) => [entry.id, judgeEntry(entry)] as const).filter(([, found]) => found !== ""),
  refusedEntries.map(([id, want]) => [id, want]),
  "real traffic passes, but for the bodies listed",
);

const naming = recorded.filter(
  ({ target, body }) => /^\/(jsonrpc|xmlrpc|web\/session\/auth)/.test(target) && /planapulse/.test(body),
);
t.ok(naming.length > 40, "the recording has calls that name a database");
t.strictSame(
  naming.filter((entry) => judgeEntry(entry, "other.example") === "").map(({ id }) => id),
  [],
  "each is refused at a hostname of another database",
);
