/** Bodies as XML-RPC: what real libraries write passes with its own database, everything else that calls is refused. */
import t from "tap";
import { judgeXml, recordedCalls } from "../support/xml-bodies.ts";

const OWN = "acme.planapulse.app";
const OTHER = "globex.planapulse.app";
const COMMON = "/xmlrpc/2/common";
const OBJECT = "/xmlrpc/2/object";
const ALIAS = "/totally-harmless";

const params = (first: string) => `<params><param>${first}</param><param><value><int>2</int></value></param></params>`;
const typed = (name: string) => `<value><string>${name}</string></value>`;
const call = (first: string, method = "execute_kw") =>
  `<methodCall><methodName>${method}</methodName>${params(first)}</methodCall>`;
const own = call(typed(OWN));
const bare = (method: string) => `<methodCall><methodName>${method}</methodName><params/></methodCall>`;
const holding = (value: string) =>
  `<methodCall><methodName>execute_kw</methodName><params><param>${typed(OWN)}</param><param><value>${value}</value></param></params></methodCall>`;
const nested = (levels: number) =>
  holding(`${"<array><data><value>".repeat(levels)}${"</value></data></array>".repeat(levels)}`);
const utf16 = (text: string) => Buffer.from(text, "utf16le").toString("latin1");
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16().toString("latin1");
const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const declared = (encoding: string, text = own) => `<?xml version="1.0" encoding="${encoding}"?>${text}`;
const references = (text: string, one: (code: number) => string) =>
  text.replaceAll(/./g, (char) => one(char.charCodeAt(0)));
const inEntity = `<!DOCTYPE a [<!ENTITY d "${references(call(typed(OTHER)), (code) => `&#${code};`)}">]><a>&d;</a>`;

type Row = readonly [rule: string, path: string, body: string, reason: RegExp | null];
const passes = null;

const grammar: readonly Row[] = [
  ["a call of the tenant's own database passes", OBJECT, own, passes],
  ["a call of another database is refused", OBJECT, call(typed(OTHER)), /names another database/],
  ["a value without a type is a string", OBJECT, call(`<value>${OWN}</value>`), passes],
  ["a value without a type may name another database", OBJECT, call(`<value>${OTHER}</value>`), /another database/],
  ["an empty string is another database", OBJECT, call(typed("")), /another database/],
  ["an empty value is an empty string", OBJECT, call("<value/>"), /another database/],
  ["an empty string tag is an empty string", OBJECT, call("<value><string/></value>"), /another database/],
  ["blanks in a string count", OBJECT, call(typed(` ${OWN}`)), /another database/],
  ["blanks in a value without a type count", OBJECT, call(`<value>${OWN}\n</value>`), /another database/],
  ["blanks around a type do not", OBJECT, call(`<value>\n\t${typed(OWN).slice(7, -8)}\r\n </value>`), passes],
  ["case counts", OBJECT, call(typed(OWN.toUpperCase())), /another database/],
  ["a longer name is another", OBJECT, call(typed(`${OWN}x`)), /another database/],
  ["a shorter name is another", OBJECT, call(typed(OWN.slice(0, -1))), /another database/],
  ["a name beyond every limit is another", OBJECT, call(typed(OWN + "x".repeat(200))), /another database/],
  ["blanks in tags are taken", OBJECT, own.replaceAll(">", " \n>"), passes],
  ["blanks before the end of an empty tag are taken", OBJECT, holding("<array><data /></array>"), passes],
  ["decimal references are decoded", OBJECT, call(typed(references(OWN, (c) => `&#${c};`))), passes],
  ["hexadecimal references are decoded", OBJECT, call(typed(references(OWN, (c) => `&#x${c.toString(16)};`))), passes],
  ["leading zeros of a reference count for nothing", OBJECT, call(typed(references(OWN, (c) => `&#000${c};`))), passes],
  ["references to another database", OBJECT, call(typed(references(OTHER, (c) => `&#${c};`))), /another database/],
  ["the five entities are decoded", OBJECT, holding("<string>&amp;&lt;&gt;&quot;&apos;</string>"), passes],
  ["an entity in the name is another name", OBJECT, call(typed(`${OWN}&amp;`)), /another database/],
  ["characters outside the first plane are text", OBJECT, holding("<string>&#128512;&#x1F600;</string>"), passes],
  ["UTF-8 is text", OBJECT, holding(utf8("<string>é€😀</string>")), passes],
  ["text may hold what looks like a section's end", OBJECT, holding("<string>a]]&gt;b</string>"), passes],
  [
    "every type is taken",
    OBJECT,
    holding("<struct><member><name>a</name><value><nil/></value></member></struct>"),
    passes,
  ],
  ["an empty struct is taken", OBJECT, holding("<struct/>"), passes],
  ["dates are taken", OBJECT, holding("<dateTime.iso8601>20260101T00:00:00</dateTime.iso8601>"), passes],
  ["nesting is taken", OBJECT, nested(100), passes],
  ["endless nesting is refused", OBJECT, nested(200), /nested too deep/],
  ["a trailing line break is taken", OBJECT, `${own}\n`, passes],
  ["leading blanks are taken", OBJECT, ` \n${own}`, passes],
  ["a byte order mark of UTF-8 is taken", OBJECT, `\xef\xbb\xbf<?xml version='1.0'?>${own}`, passes],
];

const declarations: readonly Row[] = [
  ["double quotes", OBJECT, `<?xml version="1.0"?>${own}`, passes],
  ["single quotes", OBJECT, `<?xml version='1.0' encoding='UTF-8'?>${own}`, passes],
  ["a blank before the end", OBJECT, `<?xml version="1.0" ?>${own}`, passes],
  ["standalone", OBJECT, `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n${own}`, passes],
  ["ISO-8859-1 with ASCII bytes", OBJECT, declared("ISO-8859-1"), passes],
  ["US-ASCII with ASCII bytes", OBJECT, declared("us-ascii"), passes],
  ["references in ISO-8859-1", OBJECT, declared("iso-8859-1", holding("<string>&#233;</string>")), passes],
  ["another byte in ISO-8859-1", OBJECT, declared("iso-8859-1", holding("<string>\xe9</string>")), /not ASCII/],
  ["UTF-8 in ISO-8859-1", OBJECT, declared("iso-8859-1", holding("<string>\xc3\xa9</string>")), /not ASCII/],
  ["UTF-8 in US-ASCII", OBJECT, declared("us-ascii", holding("<string>\xc3\xa9</string>")), /not ASCII/],
  ["windows-1252", OBJECT, declared("windows-1252"), /an encoding other/],
  ["UTF-7", OBJECT, declared("utf-7"), /an encoding other/],
  ["UTF-16 declared in ASCII", OBJECT, declared("utf-16"), /an encoding other/],
  ["EBCDIC", OBJECT, declared("cp037"), /an encoding other/],
  ["blanks before a declaration", OBJECT, ` <?xml version="1.0"?>${own}`, /a processing instruction/],
  ["two declarations", OBJECT, `<?xml version="1.0"?><?xml version="1.0"?>${own}`, /a processing instruction/],
  ["another version", OBJECT, `<?xml version="1.1"?>${own}`, /declaration/],
  ["a declaration without a version", OBJECT, `<?xml encoding="utf-8"?>${own}`, /declaration/],
  ["quotes that differ", OBJECT, `<?xml version="1.0'?>${own}`, /declaration/],
  ["two encodings", OBJECT, `<?xml version="1.0" encoding="utf-8" encoding="utf-7"?>${own}`, /declaration/],
  ["a declaration that is too long", OBJECT, `<?xml version="1.0"${" ".repeat(200)}?>${own}`, /declaration/],
];

const attacks: readonly Row[] = [
  ["an entity's text", OBJECT, `<!DOCTYPE a [<!ENTITY d "${OTHER}">]>${call(typed("&d;"))}`, /a document type/],
  ["an entity without its declaration", OBJECT, call(typed("&d;")), /an entity other/],
  ["an external document type", OBJECT, `<!DOCTYPE a SYSTEM "a.dtd">${own}`, /a document type/],
  ["CDATA", OBJECT, call(typed(`<![CDATA[${OTHER}]]>`)), /a CDATA section; in PHP/],
  ["CDATA with the own database", OBJECT, call(typed(`<![CDATA[${OWN}]]>`)), /a CDATA section; in PHP/],
  ["a comment that splits text", OBJECT, call(typed("globex<!-- -->.planapulse.app")), /a comment/],
  ["a comment before the call", OBJECT, `<!-- -->${own}`, /a comment/],
  ["a comment behind the call", OBJECT, `${own}<!-- -->`, /a comment/],
  ["an instruction that splits text", OBJECT, call(typed("globex<?x?>.planapulse.app")), /a processing instruction/],
  ["an instruction at the start", OBJECT, `<?x version="1.0"?>${own}`, /declaration/],
  ["prefixed tags", OBJECT, call(`<x:value><x:string>${OTHER}</x:string></x:value>`), /or a prefix/],
  ["a prefixed root", OBJECT, own.replaceAll("methodCall", "x:methodCall"), /or a prefix/],
  ["an attribute", OBJECT, own.replace("<params>", '<params a="1">'), /an attribute/],
  ["an attribute of an end tag", OBJECT, own.replace("</params>", "</params a>"), /an attribute/],
  ["a value before the parameters", OBJECT, own.replace("<params>", `${typed(OTHER)}<params>`), /out of its place/],
  ["a value in the root", OBJECT, own.replace("<methodName>", `${typed(OTHER)}<methodName>`), /out of its place/],
  ["a value in the method's name", OBJECT, own.replace("execute_kw", typed(OTHER)), /out of its place/],
  ["a value in an unknown element", OBJECT, own.replace("<params>", `<a>${typed(OTHER)}</a><params>`), /does not have/],
  [
    "a value straight in the parameters",
    OBJECT,
    own.replace("<params>", `<params>${typed(OTHER)}`),
    /out of its place/,
  ],
  ["two values in one parameter", OBJECT, call(typed(OTHER) + typed(OWN)), /out of its place/],
  [
    "two types in one value",
    OBJECT,
    call(`<value><string>${OTHER}</string><string>${OWN}</string></value>`),
    /out of its/,
  ],
  ["text and a type in one value", OBJECT, call(`<value>${OTHER}<string>${OWN}</string></value>`), /out of its place/],
  ["a type and text in one value", OBJECT, call(`<value><string>${OWN}</string>${OTHER}</value>`), /text outside/],
  ["a value in a value", OBJECT, call(`<value>${typed(OWN)}</value>`), /out of its place/],
  ["a type in a string", OBJECT, call(`<value><string><int>1</int>${OWN}</string></value>`), /out of its place/],
  ["two lists of parameters", OBJECT, own.replace("<params>", `${params(typed(OTHER))}<params>`), /out of its place/],
  [
    "two names of methods",
    OBJECT,
    own.replace("<params>", "<methodName>login</methodName><params>"),
    /out of its place/,
  ],
  [
    "a name behind the parameters",
    OBJECT,
    own.replace("</params>", "</params><methodName>x</methodName>"),
    /out of its/,
  ],
  [
    "parameters before the name",
    OBJECT,
    `<methodCall>${params(typed(OWN))}<methodName>x</methodName></methodCall>`,
    /out of/,
  ],
  ["no name", OBJECT, `<methodCall>${params(typed(OTHER))}</methodCall>`, /out of its place/],
  ["another root", OBJECT, own.replaceAll("methodCall", "methodResponse"), /does not have/],
  ["a root without a call", OBJECT, "<params/>", /out of its place/],
  ["two roots", OBJECT, own + call(typed(OTHER)), /out of its place/],
  ["text before the root", OBJECT, `x${own}`, /not an XML document/],
  ["text behind the root", OBJECT, `${own}x`, /text outside/],
  ["blanks and text in the root", OBJECT, own.replace("<params>", "\n  x<params>"), /text outside/],
  ["text in the root", OBJECT, own.replace("<params>", "x<params>"), /text outside/],
  ["an escaped letter outside of a value", OBJECT, own.replace("<params>", "&#65;<params>"), /text outside/],
  ["a fault", OBJECT, `<methodResponse><fault>${typed(OTHER)}</fault></methodResponse>`, /does not have/],
  ["tags that cross", OBJECT, call(`<value><string>${OWN}</value></string>`), /without its start/],
  ["tags that differ in case", OBJECT, own.replaceAll("params>", "Params>"), /does not have/],
  ["an empty name", OBJECT, own.replace("<params>", "<><params>"), /does not have/],
  ["a tag in a tag", OBJECT, own.replace("<params>", "<params<a>>"), /does not have/],
  ["a slash in an end tag", OBJECT, own.replace("</params>", "</params/>"), /an attribute/],
  ["a slash alone", OBJECT, own.replace("<params>", "<params/ >"), /not well formed/],
  ["an empty parameter", OBJECT, own.replace("<params>", "<params><param/>"), /lacks a part/],
  ["an empty array", OBJECT, holding("<array/>"), /lacks a part/],
  ["a member without its value", OBJECT, holding("<struct><member><name>a</name></member></struct>"), /lacks a part/],
  ["a member's value first", OBJECT, holding("<struct><member><value/><name>a</name></member></struct>"), /out of its/],
  ["text in nil", OBJECT, holding("<nil>a</nil>"), /text outside/],
  ["UTF-16 with a mark", OBJECT, `\xff\xfe${utf16(call(typed(OTHER)))}`, /no text in UTF-8/],
  ["UTF-16 with a mark, big first", OBJECT, `\xfe\xff${utf16be(call(typed(OTHER)))}`, /no text in UTF-8/],
  ["UTF-16 with a declaration", OBJECT, utf16(declared("utf-16le")), /no text in UTF-8/],
  ["UTF-16 with nothing", OBJECT, utf16be(own), /no text in UTF-8/],
  ["UTF-32 with a mark", OBJECT, "\xff\xfe\0\0<\0\0\0", /no text in UTF-8/],
  ["half a mark", OBJECT, `\xef\xbb${own}`, /no text in UTF-8/],
  ["two marks", OBJECT, `\xef\xbb\xbf\xef\xbb\xbf${own}`, /not an XML document/],
  ["NUL", OBJECT, call(typed(`${OWN}\0`)), /no text in UTF-8/],
  ["a control character", OBJECT, holding("<string>\x1b</string>"), /a control character/],
  ["an overlong form", OBJECT, holding("<string>\xc0\xbc</string>"), /no text in UTF-8/],
  ["half a character", OBJECT, holding("<string>\xc3</string>"), /no text in UTF-8/],
  ["a reference to NUL", OBJECT, call(typed(`${OWN}&#0;`)), /no character/],
  ["a reference to a surrogate", OBJECT, holding("<string>&#xD800;</string>"), /no character/],
  ["a reference beyond Unicode", OBJECT, holding("<string>&#x110000;</string>"), /no character/],
  ["a reference that overflows", OBJECT, call(typed(`&#4294967393;${OWN.slice(1)}`)), /no character/],
  ["a reference without digits", OBJECT, call(typed("&#;")), /reference that is not well formed/],
  ["a reference with a large X", OBJECT, call(typed("&#X61;")), /reference that is not well formed/],
  ["a reference with a second x", OBJECT, call(typed("&#xx61;")), /reference that is not well formed/],
  ["a reference of hexadecimal digits without x", OBJECT, call(typed("&#6a;")), /reference that is not well formed/],
  ["an ampersand alone", OBJECT, call(typed("a & b")), /an entity other/],
  ["an entity of no name", OBJECT, call(typed("&;")), /no character/],
  ["the beginning of an entity's name", OBJECT, call(typed("&am;")), /no character/],
  ["a document that breaks off", OBJECT, own.slice(0, -1), /not complete/],
  ["a document that breaks off in text", OBJECT, own.slice(0, 90), /not complete/],
  ["a declaration alone", OBJECT, '<?xml version="1.0"?>', /not complete/],
  ["an empty body, which no worker takes for a call", OBJECT, "", passes],
  ["an empty body at the db service", "/xmlrpc/2/db", "", /db service/],
  ["blanks", OBJECT, "\n", /not complete/],
  ["JSON", OBJECT, '{"params":{}}', /not an XML document/],
];

const services: readonly Row[] = [
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

const aliases: readonly Row[] = [
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

const tables = { grammar, declarations, attacks, services, aliases };
for (const [table, rows] of Object.entries(tables)) {
  t.test(table, async (t) => {
    for (const [rule, path, body, reason] of rows) {
      const whole = judgeXml(body, path, OWN);
      if (reason === null) t.equal(whole, null, rule);
      else t.match(whole?.reason ?? "passed", reason, rule);
      const differing = [...Array(body.length).keys()].filter(
        (at) => JSON.stringify(judgeXml(body, path, OWN, [at])) !== JSON.stringify(whole),
      );
      t.strictSame(differing, [], `${rule}, split anywhere`);
      t.strictSame(judgeXml(body, path, OWN, [...Array(body.length).keys()]), whole, `${rule}, byte by byte`);
    }
  });
}

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
