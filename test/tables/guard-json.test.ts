import t from "tap";
import { guardFacts, judgeBody, OWN, verdicts } from "../support/guard-bodies.ts";

const JSON_TYPE = "application/json";
const RPC = "/jsonrpc";
const LOGIN = "/web/session/authenticate";
const APP = "/web/dataset/call_kw";
const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
const utf16 = (text: string) => Buffer.from(text, "utf16le").toString("latin1");

const params = (text: string) => `{"jsonrpc":"2.0","method":"call","params":${text},"id":1}`;
const call = (args: string, method = "execute_kw", service = "object") =>
  params(`{"service":"${service}","method":"${method}","args":${args}}`);
const own = call(`["${OWN}",2,"key","res.partner","read",[[1]],{"fields":["name"]}]`);
const foreign = call('["globex",2,"key","res.partner","read",[[1]]]');
const list = call("[]", "list", "db");
const nested = (levels: number) => call(`["${OWN}",${"[".repeat(levels)}${"]".repeat(levels)}]`);

type Row = readonly [rule: string, path: string, body: string, want: string];
const passing: readonly Row[] = [
  ["a call of the bound database passes", RPC, own, ""],
  ["behind a language, too", "/fr/jsonrpc", own, ""],
  ["version passes", RPC, call("[]", "version", "common"), ""],
  ["version without arguments passes", RPC, params('{"service":"common","method":"version"}'), ""],
  ["server_version passes", RPC, call("[]", "server_version", "db"), ""],
  ["a login passes", RPC, call(`["${OWN}","admin","secret",{}]`, "authenticate", "common"), ""],
  [
    "arguments before service and method pass",
    RPC,
    params(`{"args":["${OWN}"],"service":"object","method":"execute"}`),
    "",
  ],
  ["an escaped database is read", RPC, call('["\\u0061cme\\u002eexample",2]'), ""],
  ["an escaped slash is read", RPC, params(`{"service":"object","method":"execute","args":["${OWN}","\\/"]}`), ""],
  [
    "escaped keys are read",
    RPC,
    `{"p\\u0061rams":{"s\\u0065rvice":"object","m\\u0065thod":"execute","\\u0061rgs":["${OWN}"]}}`,
    "",
  ],
  [
    "white space counts for nothing",
    RPC,
    ` \t\r\n{ "params" :\n{ "service" : "object" , "method":"execute","args": [ "${OWN}" , 2 ] } } \n`,
    "",
  ],
  ["no id, no jsonrpc (curl)", RPC, `{"params":{"service":"object","method":"execute","args":["${OWN}"]}}`, ""],
  ["text beyond ASCII passes", RPC, call(utf8(`["${OWN}","é€😀\ud7ff\uffff"]`)), ""],
  ["a call within a call is data", RPC, call(`["${OWN}",${foreign}]`), ""],
  [
    "guarded names within arguments are data",
    RPC,
    call(`["${OWN}",{"service":"db","db":"globex","params":{"db":"x"}}]`),
    "",
  ],
  ["other numbers and literals pass", RPC, call(`["${OWN}",-1.5e+9,true,false,null,NaN]`), ""],
  [
    "an unguarded member may repeat",
    RPC,
    `{"id":1,"id":2,"params":{"service":"object","method":"execute","args":["${OWN}"]}}`,
    "",
  ],
  ["an empty body names nothing", RPC, "", ""],
  ["a login of the web client passes", LOGIN, params(`{"db":"${OWN}","login":"admin","password":"x"}`), ""],
  ["a login without a database names nothing", LOGIN, params('{"login":"admin"}'), ""],
  ["a login without parameters names nothing", LOGIN, "{}", ""],
  [
    "a web client's call passes",
    APP,
    params('{"model":"res.users","method":"read","args":[[1]],"kwargs":{"db":"x"}}'),
    "",
  ],
  [
    "settings with a field service pass",
    APP,
    params('{"model":"x","method":"web_save","args":[[],{"service":"object"}]}'),
    "",
  ],
  [
    "a log record with dbname passes",
    APP,
    params('{"model":"ir.logging","kwargs":{"groupby":["dbname"],"dbname":"x"}}'),
    "",
  ],
  ["an RPC call at the app passes with the bound database", APP, own, ""],
  [
    "a webhook's own words pass",
    "/web/hook/1",
    '{"db":"crm","database":{"x":1},"service":"billing","method":"POST","args":[1]}',
    "",
  ],
  [
    "a webhook's own service passes",
    "/web/hook/1",
    params('{"service":"billing","method":"POST","args":["globex"]}'),
    "",
  ],
  ["a webhook's service without arguments passes", "/web/hook/1", params('{"service":"db","method":"POST"}'), ""],
  ["a webhook's array passes", "/web/hook/1", '[{"params":{"db":"globex"}}]', ""],
  ["parameters by position pass", "/payment/x/webhook", params('["0xabc",["a","service"],{"id":1},"db"]'), ""],
  ["parameters that are no container pass off the doors", "/web/hook/1", params('"service"'), ""],
  ["text that is no JSON passes off the doors", "/web/hook/1", "{% if db %}", ""],
  ["lines of JSON are no JSON", "/web/hook/1", '{"a":1}\n{"params":{"db":"globex"}}', ""],
  ["deep data passes off the doors", APP, nested(20_000), ""],
  ["deep data passes at a door up to a bound", RPC, nested(500), ""],
];

const refused: readonly Row[] = [
  ["another database", RPC, foreign, "json-rpc args"],
  ["another database at any path", "/totally-harmless", foreign, "json-rpc args"],
  ["another database at a hook", "/web/hook/1", foreign, "json-rpc args"],
  ["an empty database", RPC, call('[""]'), "json-rpc args"],
  ["a longer name", RPC, call(`["${OWN}x"]`), "json-rpc args"],
  ["a name with a NUL", RPC, call(`["${OWN}\\u0000"]`), "json-rpc args"],
  ["a name with a trailing line feed", RPC, call(`["${OWN}\\n"]`), "json-rpc args"],
  ["a name beyond every limit", RPC, call(`["${OWN}${"x".repeat(1000)}"]`), "json-rpc args"],
  ["a name in another case", RPC, call(`["${OWN.toUpperCase()}"]`), "json-rpc args"],
  ["a name with surrogates", RPC, call(`["${OWN}\\ud83d\\ude00"]`), "json-rpc args"],
  ["a former database", RPC, call('["acme-old"]'), "json-rpc args"],
  ["no argument", RPC, call("[]"), "json-rpc args"],
  ["a number first", RPC, call("[1]"), "json-rpc args"],
  ["NaN first", RPC, call("[NaN]"), "json-rpc args"],
  ["Infinity first", RPC, call("[-Infinity]"), "json-rpc args"],
  ["null first", RPC, call("[null]"), "json-rpc args"],
  ["a list first", RPC, call(`[["${OWN}"]]`), "json-rpc args"],
  ["an object first", RPC, call(`[{"${OWN}":1}]`), "json-rpc args"],
  [
    "arguments first, then a foreign service",
    RPC,
    params('{"args":["globex"],"method":"execute","service":"object"}'),
    "json-rpc args",
  ],
  ["the db service", RPC, list, "json-rpc service"],
  ["the db service at any path", "/totally-harmless", list, "json-rpc service"],
  ["the db service in escapes", "/x", call("[]", "list", "\\u0064b"), "json-rpc service"],
  ["whether a database exists", RPC, call(`["${OWN}"]`, "db_exist", "db"), "json-rpc service"],
  ["an unknown service at the door", RPC, call(`["${OWN}"]`, "x", "report"), "json-rpc service"],
  ["arguments as an object", RPC, call(`{"${OWN}":1}`), "json-rpc args"],
  ["arguments as a string", RPC, call(`"${OWN}"`), "json-rpc args"],
  ["arguments as an object at any path", "/x", call('{"globex":1}'), "json-rpc args"],
  ["arguments as NaN", RPC, call("NaN"), "json-rpc args"],
  [
    "a method that is no string",
    "/x",
    params('{"service":"object","method":["execute"],"args":["globex"]}'),
    "json-rpc method",
  ],
  [
    "a service that is no string at the door",
    RPC,
    params(`{"service":["object"],"method":"execute","args":["${OWN}"]}`),
    "json-rpc service",
  ],
  ["no service at the door", RPC, params('{"method":"execute"}'), "json-rpc service"],
  ["no method at the door", RPC, params('{"service":"object"}'), "json-rpc method"],
  ["no parameters at the door", RPC, '{"id":1}', "json body"],
  [
    "repeated arguments",
    RPC,
    params(`{"service":"object","method":"execute","args":["${OWN}"],"args":["globex"]}`),
    "json-rpc params",
  ],
  [
    "repeated arguments, one escaped",
    RPC,
    params(`{"service":"object","method":"execute","args":["${OWN}"],"\\u0061rgs":["globex"]}`),
    "json-rpc params",
  ],
  [
    "repeated service at any path",
    "/x",
    params('{"service":"x","method":"list","args":[],"service":"db"}'),
    "json-rpc params",
  ],
  [
    "repeated parameters at the door",
    RPC,
    `{"params":{"service":"object","method":"execute","args":["${OWN}"]},"params":{}}`,
    "json body",
  ],
  [
    "repeated parameters at any path",
    "/x",
    `{"params":{},"params":{"service":"db","method":"list","args":[]}}`,
    "json-rpc service",
  ],
  [
    "parameters as a list of pairs at the door",
    RPC,
    params('[["service","db"],["method","list"],["args",[]]]'),
    "json body",
  ],
  [
    "parameters as a list of pairs at any path",
    "/x",
    params('[["method","list"],["args",[]],["service","db"]]'),
    "json body",
  ],
  ["parameters as a list of objects", "/x", params('[{"service":"db"},["method","list"],["args",[]]]'), "json body"],
  ["a pair in escapes", "/x", params('[["\\u0073ervice","db"]]'), "json body"],
  ["a pair with a database", "/x", params('[["db","globex"]]'), "json body"],
  ["parameters as a string at the door", RPC, params('"x"'), "json body"],
  ["parameters as null at the login", LOGIN, params("null"), "json body"],
  ["a login to another database", LOGIN, params('{"db":"globex","login":"x"}'), "json db"],
  ["behind a language, too", "/fr/web/session/authenticate", params('{"db":"globex"}'), "json db"],
  ["a login to a database in escapes", LOGIN, params('{"\\u0064b":"globex"}'), "json db"],
  ["a login to no string", LOGIN, params('{"db":null}'), "json db"],
  ["a login to an empty database, which opens none", LOGIN, params('{"db":""}'), ""],
  ["a login to a list", LOGIN, params(`{"db":["${OWN}"]}`), "json db"],
  ["the second of two databases", LOGIN, params(`{"db":"${OWN}","db":"globex"}`), "json db"],
  ["the first of two databases", LOGIN, params(`{"db":"globex","db":"${OWN}"}`), "json db"],
  ["params.db at any path", "/totally-harmless", params('{"x":{},"db":"globex"}'), "json db"],
  ["params.db behind broken text is judged before", "/x", `${params('{"db":"globex"}')} x`, "json db"],
  ["an array at the door", RPC, `[${own}]`, "json body"],
  ["a string at the door", RPC, '"x"', "json body"],
  ["something behind the object", RPC, `${own}x`, "json body"],
  ["a second object", RPC, own + own, "json body"],
  ["a missing end", RPC, own.slice(0, -1), "json body"],
  ["a comma too many", RPC, `${own.slice(0, -1)},}`, "json body"],
  ["a comment", RPC, `/**/${own}`, "json body"],
  ["single quotes", RPC, own.replaceAll('"', "'"), "json body"],
  ["an escape that is none", RPC, call(`["${OWN}\\x"]`), "json body"],
  ["half an escape", RPC, call('["\\u00 1cme.example"]'), "json body"],
  ["a UTF-8 byte order mark", RPC, utf8(`\ufeff${own}`), "json body"],
  ["UTF-16", RPC, utf16(own), "json body"],
  ["UTF-16 with a byte order mark", RPC, utf16(`\ufeff${own}`), "json body"],
  ["UTF-16 at any path", "/x", utf16(foreign), "json body"],
  ["UTF-16 with a byte order mark at any path", "/x", utf16(`\ufeff${foreign}`), "json body"],
  ["big-endian UTF-16 at any path", "/x", Buffer.from(foreign, "utf16le").swap16().toString("latin1"), "json body"],
  ["behind a byte order mark, what a lenient worker would read", "/x", utf8(`\ufeff${foreign}`), "json-rpc args"],
  ["bytes that are no UTF-8", RPC, call(`["${OWN}","\xe9"]`), "json body"],
  ["an overlong form", RPC, call(`["${OWN}","\xc0\xaf"]`), "json body"],
  ["a surrogate in UTF-8", RPC, call(`["${OWN}","\xed\xa0\x80"]`), "json body"],
  ["a cut character", RPC, call(`["${OWN}","\xe2\x82"]`), "json body"],
  ["beyond the last character", RPC, call(`["${OWN}","\xf4\x90\x80\x80"]`), "json body"],
  ["a NUL", RPC, call(`["${OWN}","\0"]`), "json body"],
  ["depth beyond the bound at a door", RPC, nested(600), "json body"],
  ["XML at a JSON door", RPC, "<methodCall/>", "json body"],
  ["a form at a JSON door", LOGIN, "db=globex", "json body"],
];

for (const [rule, path, body, want] of [...passing, ...refused]) {
  const facts = guardFacts(path, JSON_TYPE);
  t.equal(judgeBody(facts, body), want, rule);
  t.equal(verdicts(facts, body).length, 1, `${rule}, at any split`);
}
for (const [rule, path, body, want] of refused.filter(([, , , reading]) => reading.startsWith("json-rpc"))) {
  t.equal(judgeBody(guardFacts(path, "text/plain"), body), want, `${rule}, whatever the Content-Type`);
}
t.equal(judgeBody(guardFacts(RPC, JSON_TYPE, {}, "PUT"), own), "json-rpc method", "a call by another method");
t.equal(judgeBody(guardFacts("/x", JSON_TYPE, {}, "GET"), own), "json-rpc method", "the same at any path");
t.equal(judgeBody(guardFacts(LOGIN, JSON_TYPE, {}, "GET"), ""), "", "a GET without a body names nothing");
