// Cost per byte of judging XML bodies: ordinary calls, uploads, and the densest that the reader takes or looks through.

import { findDoor } from "../../src/policy/doors.ts";
import type { GuardFacts } from "../../src/policy/guard/types.ts";
import { XmlReader } from "../../src/policy/guard/xml.ts";

const CHUNK_BYTES = 65_536;
const DATABASE = "acme.example.com";

function factsAt(judgedPath: string): GuardFacts {
  const bound = { database: DATABASE, formerDatabases: [], odooMajor: 17, doorKeys: [], exempt: [] };
  return { bound, door: findDoor(judgedPath, 17), method: "POST", rpc: "bound", judgedPath, contentType: "text/xml" };
}

function call(value: string): string {
  const first = `<param><value><string>${DATABASE}</string></value></param>`;
  return `<methodCall><methodName>execute_kw</methodName><params>${first}<param><value>${value}</value></param></params></methodCall>`;
}

const row = "<value><string>res.partner</string></value>";
const array = (item: string, bytes: number) =>
  `<array><data>${item.repeat(Math.ceil(bytes / item.length))}</data></array>`;
const MIB = 1 << 20;
const door = "/xmlrpc/2/object";
const elsewhere = "/web/hook/1";

const bodies: ReadonlyArray<readonly [name: string, path: string, body: string]> = [
  ["a call of 2 KiB", door, call(array(row, 1700))],
  ["an upload of 4 MiB in base64", door, call(`<base64>${"QUJD".repeat(MIB)}</base64>`)],
  ["text of two-byte characters", door, call(`<string>${"é".repeat(2 * MIB)}</string>`)],
  ["values that are empty", door, call(array("<value/>", 4 * MIB))],
  ["short numbers", door, call(array("<value><i1>1</i1></value>", 4 * MIB))],
  ["short references", door, call(`<string>${"&#9;".repeat(MIB)}</string>`)],
  ["short entities", door, call(`<string>${"&lt;".repeat(MIB)}</string>`)],
  ["text of one byte between references", door, call(`<string>${"a&gt;".repeat(MIB)}</string>`)],
  ["blanks in a tag", door, call(`<nil${" ".repeat(4 * MIB)}/>`)],
  ["blanks before a type", door, call(`${" ".repeat(4 * MIB)}<nil/>`)],
  ["zeros of a reference", door, call(`<string>&#${"0".repeat(4 * MIB)}9;</string>`)],
  ["elsewhere: an upload", elsewhere, `<a>${"QUJD".repeat(MIB)}</a>`],
  ["elsewhere: signs that open a tag", elsewhere, "<".repeat(4 * MIB)],
  ["elsewhere: prefixes", elsewhere, `<a${":a".repeat(2 * MIB)}/>`],
  ["elsewhere: short tags", elsewhere, `<a>${"<a/>".repeat(MIB)}</a>`],
  ["elsewhere: names of values", elsewhere, `<a>${"<value/>".repeat(MIB / 2)}</a>`],
  ["elsewhere: no XML", elsewhere, "QUJD".repeat(MIB)],
];

function read(path: string, bytes: Uint8Array): void {
  const reader = new XmlReader(factsAt(path));
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    reader.feed(bytes, from, Math.min(from + CHUNK_BYTES, bytes.length));
  }
  reader.end();
}

for (const [name, path, body] of bodies) {
  const bytes = Buffer.from(body);
  const rounds = Math.ceil((16 * MIB) / bytes.length);
  for (let i = 0; i < rounds / 4; i++) read(path, bytes);
  const start = process.cpuUsage();
  for (let i = 0; i < rounds; i++) read(path, bytes);
  const { user, system } = process.cpuUsage(start);
  const nsPerByte = ((user + system) * 1e3) / rounds / bytes.length;
  const perBody = bytes.length < CHUNK_BYTES ? `, ${((nsPerByte * bytes.length) / 1000).toFixed(1)} µs` : "";
  console.log(`${name}: ${nsPerByte.toFixed(2)} ns per byte, ${(1000 / nsPerByte).toFixed(0)} MB/s${perBody}`);
}
