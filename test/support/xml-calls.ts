/** XML-RPC calls as clients and attackers write them, and what holds tables of them against the guard. */
import t from "tap";
import { judgeXml } from "./xml-bodies.ts";

/** The tenant's own database, at whose hostname all calls come in. */
export const OWN = "acme.planapulse.app";
/** Another tenant's. */
export const OTHER = "globex.planapulse.app";
/** Paths of services. */
export const COMMON = "/xmlrpc/2/common";
export const OBJECT = "/xmlrpc/2/object";

/** The list of parameters whose first value is `first`. */
export const params = (first: string) =>
  `<params><param>${first}</param><param><value><int>2</int></value></param></params>`;
/** A database's name as a value. */
export const typed = (name: string) => `<value><string>${name}</string></value>`;
/** A call whose first argument is `first`. */
export const call = (first: string, method = "execute_kw") =>
  `<methodCall><methodName>${method}</methodName>${params(first)}</methodCall>`;
/** A call of the tenant's own database. */
export const own = call(typed(OWN));
/** A call without arguments. */
export const bare = (method: string) => `<methodCall><methodName>${method}</methodName><params/></methodCall>`;
/** A call of the own database whose second argument is `value`. */
export const holding = (value: string) =>
  `<methodCall><methodName>execute_kw</methodName><params><param>${typed(OWN)}</param><param><value>${value}</value></param></params></methodCall>`;
/** `text` behind a declaration of its encoding. */
export const declared = (encoding: string, text = own) => `<?xml version="1.0" encoding="${encoding}"?>${text}`;
/** `text` with a reference in place of each character. */
export const references = (text: string, one: (code: number) => string) =>
  text.replaceAll(/./g, (char) => one(char.charCodeAt(0)));

/** The bytes of `text` in an encoding, one char per byte. */
export const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
export const utf16 = (text: string) => Buffer.from(text, "utf16le").toString("latin1");
export const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16().toString("latin1");

/** A rule, a body sent to a path, and why it is refused; null where it passes. */
export type XmlRow = readonly [rule: string, path: string, body: string, reason: RegExp | null];
export const passes = null;

/** Tests tables, by their names: each body whole, split at every place, and byte by byte. */
export function holdTables(tables: Readonly<Record<string, readonly XmlRow[]>>): void {
  for (const [table, rows] of Object.entries(tables)) {
    t.test(table, async (t) => {
      for (const [rule, path, body, reason] of rows) {
        const whole = judgeXml(body, path, OWN);
        t.match(whole?.reason ?? "passes", reason ?? /^passes$/, rule);
        const places = [...Array(body.length).keys()];
        const differing = places.filter(
          (at) => JSON.stringify(judgeXml(body, path, OWN, [at])) !== JSON.stringify(whole),
        );
        t.strictSame(differing, [], `${rule}, split anywhere`);
        t.strictSame(judgeXml(body, path, OWN, places), whole, `${rule}, byte by byte`);
      }
    });
  }
}
