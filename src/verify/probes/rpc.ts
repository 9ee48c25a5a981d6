/** RPC: its calls name a database, and no filter of Odoo's applies to them. Logins are made up, so none gets in. */
import { ask, postJson, postXml } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { each, type JudgeOne, refusesCall, refusesLogin } from "../judges.ts";
import type { Ask, Party, Probe, Severity, Target } from "../types.ts";

/** Nobody's login and password. */
const MADE_UP = "hostward-verify";

function call(service: string, method: string, args: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method: "call", id: 1, params: { service, method, args } });
}

/** A login that cannot succeed, as arguments of `authenticate`. */
function login(database: string): readonly unknown[] {
  return [database, MADE_UP, MADE_UP, {}];
}

function xml(method: string, args: readonly string[]): string {
  const params = args.map((arg) => `<param><value><string>${arg}</string></value></param>`).join("");
  return `<?xml version='1.0'?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
}

function xmlLogin(database: string): string {
  return xml("login", [database, MADE_UP, MADE_UP]);
}

/** UTF-16 with a byte order mark, as bytes. */
function utf16(text: string): string {
  return Buffer.from(`\ufeff${text}`, "utf16le").toString("latin1");
}

const json =
  (path: string, body: (database: string) => string) =>
  (to: Target, { database }: Party) => [postJson(to, path, body(database))];

type Row = readonly [
  id: string,
  title: string,
  severity: Severity,
  judge: JudgeOne,
  asks: (to: Target, foreign: Party) => readonly Ask[],
];

const judgedPassword = "the worker opened the database and judged the password";
const opened = refusesCall(judgedPassword);
const told = refusesCall("the worker told whether the database exists");
const listed = refusesCall("the worker listed databases");

const authenticates = json("/jsonrpc", (database) => call("common", "authenticate", login(database)));
const exists = (to: Target, { database }: Party): readonly Ask[] => [
  postJson(to, "/jsonrpc", call("db", "db_exist", [database])),
  postXml(to, "/xmlrpc/2/db", xml("db_exist", [database])),
];
const xmlAuthenticates = (to: Target, { database }: Party): readonly Ask[] => [
  postXml(to, "/xmlrpc/2/common", xmlLogin(database)),
  postXml(to, "/xmlrpc/common", xmlLogin(database)),
];
const entersSession = json("/web/session/authenticate", (db) =>
  JSON.stringify({ jsonrpc: "2.0", params: { db, login: MADE_UP, password: MADE_UP } }),
);

/** Asked with a database that nobody has, and once more with the other tenant's. */
const naming: readonly Row[] = [
  ["json-login", "JSON-RPC logs in to no foreign database", "critical", opened, authenticates],
  ["xml-login", "XML-RPC logs in to no foreign database", "critical", opened, xmlAuthenticates],
  ["exists", "RPC does not tell which databases exist", "high", told, exists],
  [
    "session-login",
    "The login of the web client names no foreign database",
    "critical",
    refusesLogin(judgedPassword),
    entersSession,
  ],
];

const lists: readonly Row[] = [
  ["json-list", "JSON-RPC lists no databases", "critical", listed, json("/jsonrpc", () => call("db", "list", []))],
  [
    "xml-list",
    "XML-RPC lists no databases",
    "critical",
    listed,
    (to) => ["/xmlrpc/2/db", "/xmlrpc/db"].map((path) => postXml(to, path, xml("list", []))),
  ],
];

/** The same calls, worded so that the worker still reads them and a simple guard does not. */
const disguises: readonly Row[] = [
  [
    "language",
    "RPC behind a language prefix is judged alike",
    "critical",
    opened,
    (to, { database }) => [
      ...["/fr/jsonrpc", "/en/jsonrpc"].map((path) =>
        postJson(to, path, call("common", "authenticate", login(database))),
      ),
      postXml(to, "/fr/xmlrpc/2/common", xmlLogin(database)),
    ],
  ],
  [
    "spelling",
    "RPC under another spelling of its path is judged alike",
    "critical",
    opened,
    (to, { database }) =>
      ["//jsonrpc", "/%6asonrpc", "/jsonrpc/", "/%2Fjsonrpc", "/jsonrpc#x"].map((path) =>
        postJson(to, path, call("common", "authenticate", login(database))),
      ),
  ],
  [
    "method",
    "RPC by another method than POST is judged alike",
    "high",
    opened,
    (to, { database }) =>
      ["GET", "PUT"].map((method) =>
        ask(
          to,
          method,
          "/jsonrpc",
          ["Content-Type: application/json"],
          call("common", "authenticate", login(database)),
        ),
      ),
  ],
  [
    "containers",
    "Lists of pairs and objects in place of arguments are judged alike",
    "high",
    told,
    (to, { database }) => [
      postJson(to, "/jsonrpc", {
        params: [
          ["service", "db"],
          ["method", "db_exist"],
          ["args", [database]],
        ],
      }),
      postJson(to, "/jsonrpc", call("db", "db_exist", { [database]: 1 })),
    ],
  ],
  [
    "escapes",
    "Escaped and repeated names in JSON are judged alike",
    "critical",
    opened,
    (to, { database }) => {
      const args = JSON.stringify(login(database));
      const own = JSON.stringify(login(to.own.database));
      const head = `"service":"common","method":"authenticate"`;
      return [
        postJson(to, "/jsonrpc", `{"params":{"\\u0073ervice":"common","method":"authenticate","\\u0061rgs":${args}}}`),
        postJson(to, "/jsonrpc", `{"params":{${head},"args":${own},"args":${args}}}`),
        postJson(to, "/jsonrpc", `{"params":{},"params":{${head},"args":${args}}}`),
      ];
    },
  ],
  [
    "utf-16",
    "XML in UTF-16 is judged alike",
    "critical",
    opened,
    (to, { database }) => [postXml(to, "/xmlrpc/2/common", utf16(xmlLogin(database)))],
  ],
  [
    "entities",
    "XML with entities, CDATA and values out of place is judged alike",
    "critical",
    opened,
    (to, { database }) => [
      postXml(to, "/xmlrpc/2/common", xmlLogin("&d;").replace("?>", `?><!DOCTYPE m [<!ENTITY d "${database}">]>`)),
      postXml(to, "/xmlrpc/2/common", xmlLogin(`<![CDATA[${database}]]>`)),
      postXml(
        to,
        "/xmlrpc/2/common",
        xmlLogin(to.own.database).replace("<params>", `<value>${database}</value><params>`),
      ),
    ],
  ],
];

function probe(family: string, foreign: (to: Target) => Party, [id, title, severity, judge, asks]: Row): Probe {
  return {
    id: `${family}.${id}`,
    title: family === "other" ? `${title}, also when a call names the other tenant's` : title,
    severity,
    why: "dbfilter does not apply to RPC: at any hostname it opens whatever database a call names, and tells when there is none",
    fix: fixes.rpc,
    asks: (to) => asks(to, foreign(to)),
    judge: each(judge),
  };
}

/** RPC probes with a made-up database. */
export const rpcFamily: readonly Probe[] = [...lists, ...naming, ...disguises].map((row) =>
  probe("rpc", (to) => to.madeUp, row),
);

/** RPC probes that name the other tenant's database. */
export function otherRpcFamily(other: Party): readonly Probe[] {
  return naming.map((row) => probe("other", () => other, row));
}
