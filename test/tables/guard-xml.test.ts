/** Bodies as XML-RPC: what real libraries write passes with its own database, everything else that calls is refused. */
import t from "tap";
import { judgeXml, recordedCalls } from "../support/xml-bodies.ts";
import {
  bare,
  COMMON,
  call,
  declared,
  holdTables,
  OBJECT,
  OTHER,
  OWN,
  own,
  params,
  passes,
  references,
  typed,
  utf16,
  utf16be,
  type XmlRow,
} from "../support/xml-calls.ts";

const ALIAS = "/totally-harmless";
const inEntity = `<!DOCTYPE a [<!ENTITY d "${references(call(typed(OTHER)), (code) => `&#${code};`)}">]><a>&d;</a>`;

const services: readonly XmlRow[] = [
  ["the version of common needs no database", COMMON, bare("version"), passes],
  ["so does about", "/xmlrpc/common", bare("about"), passes],
  ["about with an argument", COMMON, call("<value><boolean>1</boolean></value>", "about"), passes],
  ["parameters may be left out", COMMON, "<methodCall><methodName>version</methodName></methodCall>", passes],
  ["a login needs its database", COMMON, call(typed(OWN), "login"), passes],
  ["a login at another database", COMMON, call(typed(OTHER), "login"), /another database/],
  ["authenticate at another database", COMMON, call(typed(OTHER), "authenticate"), /another database/],
  ["authenticate without a database", COMMON, bare("authenticate"), /is missing/],
  ["a level of the log has no database", COMMON, call("<value><int>1</int></value>", "set_loglevel"), /as a string/],
  ["an escaped method is that method", COMMON, call(typed(OTHER), "&#108;ogin"), /another database/],
  ["an unknown method of common takes a database", COMMON, bare(" version"), /is missing/],
  ["the version of the server", "/xmlrpc/2/db", bare("server_version"), passes],
  ["a list of databases", "/xmlrpc/db", bare("list"), /the db service is closed/],
  ["whether a database exists", "/xmlrpc/2/db", call(typed(OWN), "db_exist"), /the db service is closed/],
  ["a dump", "/fr/xmlrpc/2/db", call(typed("admin"), "dump"), /the db service is closed/],
  ["an object call without arguments", OBJECT, bare("execute_kw"), /is missing/],
  ["an object call with a number first", OBJECT, call("<value><int>1</int></value>"), /as a string/],
  ["an object call with bytes first", OBJECT, call(`<value><base64>${OWN}</base64></value>`), /as a string/],
  [
    "an object call with an array first",
    OBJECT,
    call(`<value><array><data>${typed(OWN)}</data></array></value>`),
    /as a s/,
  ],
  ["an object call with nothing first", OBJECT, call("<value><nil/></value>"), /as a string/],
  ["an object call of any method", OBJECT, call(typed(OTHER), "version"), /another database/],
  ["the first version of the path", "/xmlrpc/object", call(typed(OTHER)), /another database/],
  ["a language before the path", "/fr/xmlrpc/2/object", call(typed(OTHER)), /another database/],
  ["a slash behind the path", "/xmlrpc/2/db/", bare("list"), /the db service is closed/],
  ["a service that is none", "/xmlrpc/2/report", own, /service is not known/],
  ["no service", "/xmlrpc", own, /service is not known/],
];

const aliases: readonly XmlRow[] = [
  ["a call of the own database", ALIAS, own, passes],
  ["a call of another", ALIAS, call(typed(OTHER)), /another database/],
  ["a version", ALIAS, bare("version"), passes],
  ["a version that is about the object service", ALIAS, call(typed(OTHER), "version"), /another database/],
  ["about with its argument", ALIAS, call("<value><boolean>1</boolean></value>", "about"), passes],
  ["a method that may be the db service's", ALIAS, bare("list"), /may be the db service/],
  ["the db service with the own database first", ALIAS, call(typed(OWN), "drop"), /may be the db service/],
  ["a call with another root", ALIAS, call(typed(OTHER)).replaceAll("methodCall", "a"), /does not have/],
  ["a call with prefixes", ALIAS, call(typed(OTHER)).replaceAll(/(<\/?)/g, "$1x:"), /or a prefix/],
  ["a call with two prefixes", ALIAS, `<a>${call(typed(OTHER)).replaceAll(/(<\/?)/g, "$1x:y:")}</a>`, /does not have/],
  ["a call with attributes", ALIAS, call(typed(OTHER)).replaceAll(/(<\w+)/g, "$1 a='<b:c'"), /attribute/],
  ["a call behind a comment that hides a quote", ALIAS, `<!-- <!DOCTYPE " -->${call(typed(OTHER))}`, /a comment/],
  ["a call behind an unclosed tag in a comment", ALIAS, `<!--<a<-->${call(typed(OTHER))}`, /a comment/],
  ["a call in the text of an entity", ALIAS, inEntity, /a document type/],
  ["a call without a method, which opens its database", ALIAS, `<a>${params(typed(OTHER))}</a>`, /does not have/],
  ["a call without a method in another order", ALIAS, `<a>${typed(OTHER)}<params/></a>`, /does not have/],
  ["a call with a declared encoding", ALIAS, declared("koi8-r", call(typed(OTHER))), /an encoding other/],
  ["a call in UTF-16", ALIAS, utf16(call(typed(OTHER))), /no text in UTF-8/],
  ["a call in UTF-16 with a mark", ALIAS, `\xfe\xff${utf16be(call(typed(OTHER)))}`, /no text in UTF-8/],
  [
    "a call in UTF-16 without ASCII prefixes",
    ALIAS,
    utf16be(call(typed(OTHER)).replaceAll(/<(\w)/g, "<丁:$1")),
    /no text/,
  ],
  ["a call behind blanks", ALIAS, `\r\n\t ${call(typed(OTHER))}`, /another database/],
  [
    "cXML with its document type",
    ALIAS,
    '<?xml version="1.0"?><!DOCTYPE cXML SYSTEM "x.dtd"><cXML><Header/></cXML>',
    passes,
  ],
  ["a document type without entities", ALIAS, "<!DOCTYPE a [<!ELEMENT a ANY>]><a/>", passes],
  ["SOAP", ALIAS, '<s:Envelope xmlns:s="urn:s"><s:Body><m:db xmlns:m="urn:m">x</m:db></s:Body></s:Envelope>', passes],
  ["a feed", ALIAS, `<rss version="2.0"><channel><name>${OTHER}</name><!-- a --><![CDATA[b]]></channel></rss>`, passes],
  [
    "an order with parameters that are no values",
    ALIAS,
    '<order><params><param key="a">b</param></params></order>',
    passes,
  ],
  ["a feed in another encoding", ALIAS, declared("windows-1251", "<a>\xcf\xf0</a>"), passes],
  ["names that only begin alike", ALIAS, "<a><methodNames/><methodNam/><xparams/><value>1</value></a>", passes],
  ["the words in text and in attributes", ALIAS, "<a b='methodName'>methodName params value</a>", passes],
  ["HTML", ALIAS, "<!doctype html><p>1 < 2 & so on<br>", passes],
  ["JSON that holds a call", ALIAS, JSON.stringify({ body: call(typed(OTHER)) }), passes],
  ["an empty body", ALIAS, "", passes],
];

holdTables({ services, aliases });

t.test("recorded calls of real libraries", async (t) => {
  const refused = new Map([
    [1144, /a CDATA section; in PHP/],
    [1159, /the db service is closed/],
    // The recording holds its first 64 KiB only.
    [1179, /not complete/],
  ]);
  t.strictSame(
    recordedCalls.filter(({ id }) => refused.has(id)).map(({ id }) => id),
    [...refused.keys()],
    "every recorded call that is refused is there",
  );
  t.ok(recordedCalls.length > 35, "the recording has calls");
  for (const { id, step, path, body } of recordedCalls) {
    const finding = judgeXml(body, path, OWN);
    t.match(finding?.reason ?? "passes", refused.get(id) ?? /^passes$/, `${id} ${step}`);
    const named = body.includes(OWN);
    const elsewhere = judgeXml(body, path, OTHER)?.reason ?? "passes";
    t.match(
      elsewhere,
      refused.get(id) ?? (named ? /names another database/ : /^passes$/),
      `${id} ${step} at another host`,
    );
    const half = body.length >> 1;
    t.strictSame(judgeXml(body, path, OWN, [half]), finding, `${id} ${step} in two halves`);
  }
});

t.test("what a finding says", async (t) => {
  t.strictSame(
    judgeXml(`\n${call(typed(OTHER))}`, OBJECT, OWN),
    {
      reading: "xml-rpc",
      key: "args",
      offset: 1,
      reason: "the first argument names another database",
    },
    "a call is found where it starts",
  );
  t.match(judgeXml(`${own}<!---->`, OBJECT, OWN), { key: "methodCall", offset: own.length }, "a fault, where it is");
  t.match(judgeXml(own, ALIAS, OWN, [], "PUT"), { key: "method" }, "only POST may carry a call");
});
