import t from "tap";
import { describe } from "../../src/verify/describe.ts";
import {
  type JudgeOne,
  refused,
  refusesCall,
  refusesLogin,
  staysHome,
  unreached,
  unserved,
} from "../../src/verify/judges.ts";
import { workerMark } from "../../src/verify/markers.ts";
import { limitFamily } from "../../src/verify/probes/limits.ts";
import { readReply } from "../../src/verify/read-reply.ts";
import type { Ending, Exchange, Home, Probe, Verdict } from "../../src/verify/types.ts";
import { targetAt } from "../support/verify.ts";

const target = targetAt(1);

/** An exchange that brought these bytes; nothing: how it ended. */
function seen(received: string, ended: Ending = "answered"): Exchange {
  const { reply } = readReply(received, "GET");
  return { ask: { bytes: "", shown: "" }, reply, ended };
}

function http(status: number, body = "", ...fields: string[]): Exchange {
  return seen([`HTTP/1.1 ${status} Any`, ...fields, `Content-Length: ${body.length}`, "", body].join("\r\n"));
}

const cookie = "Set-Cookie: session_id=5e551d5e551d5e551d5e551d5e551d5e551d5e55; Path=/";
const odooPage = "<!doctype html><title>Odoo</title>";
const json = (answer: object): Exchange => http(200, JSON.stringify({ jsonrpc: "2.0", id: 1, ...answer }));
const odooError = (name: string, message: string): Exchange =>
  json({
    error: {
      code: 200,
      message: "Odoo Server Error",
      data: { name, message, debug: `Traceback (most recent call last):\n${name}: ${message}` },
    },
  });
const xml = (content: string): Exchange =>
  http(200, `<?xml version='1.0'?>\n<methodResponse>\n${content}\n</methodResponse>\n`);
const fault = (text: string): Exchange =>
  xml(
    `<fault><value><struct><member><name>faultString</name><value><string>${text}</string></value></member></struct></value></fault>`,
  );
const silent = seen("", "timeout");
const cut = seen("", "closed");

const edgeRefusal = json({
  error: { code: 403, message: "this host is bound to acme", data: { name: "hostward.guard_refused", debug: "" } },
});
const noDatabase = 'connection to server at "10.0.0.5", port 5432 failed: FATAL:  database "x" does not exist';

const home: Home = { target, login: http(200, `${odooPage} of acme.localhost`).reply!, takesChunks: true };
const home2 = staysHome(target.other!);
const call = refusesCall("it ran");
const login = refusesLogin("it looked");

const rows: ReadonlyArray<readonly [rule: string, judge: JudgeOne, exchange: Exchange, want: Verdict]> = [
  ["a page with a session cookie is a worker's", unreached, http(200, "x", cookie), "violated"],
  [
    "so is an error page of Werkzeug's",
    unreached,
    http(404, "<title>404</title>If you entered the URL manually please check your spelling"),
    "violated",
  ],
  [
    "and a redirect to the selector",
    unreached,
    http(303, "", "Location: https://acme.example/web/database/selector?x=1"),
    "violated",
  ],
  ["an edge's 403 is a refusal", unreached, http(403, "<html>nginx</html>"), "holds"],
  ["so is an end without an answer", unreached, cut, "holds"],
  ["silence says nothing", unreached, silent, "unknown"],
  ["nor does a failed connection", unreached, seen("", "failed"), "unknown"],
  ["nor a rate limit", unreached, http(429, "slow down"), "unknown"],
  ["nor an edge's 502", unreached, http(502, "<html>nginx</html>"), "unknown"],
  ["nor a 200 that nobody signed", unreached, http(200, "hello"), "unknown"],
  ["a worker's 404 leaves a door open", unserved, http(404, odooPage, cookie), "unknown"],
  ["a worker's page at a door does not", unserved, http(200, odooPage, cookie), "violated"],
  ["a refusal by the edge is one", refused, http(400), "holds"],
  ["501 too", refused, http(501), "holds"],
  ["a refusal by the worker is none of the edge's", refused, http(400, "", cookie), "violated"],
  ["a redirect is no refusal", refused, http(301, "", "Location: /"), "violated"],
  ["the same page is no effect", home2, http(200, odooPage, cookie), "holds"],
  ["the other tenant's page is one", home2, http(200, `${odooPage} of globex.localhost`, cookie), "violated"],
  ["so is a link to it", home2, http(303, "", "Location: http://globex.localhost/odoo", cookie), "violated"],
  [
    "an echoed query is none",
    home2,
    http(200, `${odooPage}<a href="/web/login?db=globex.localhost">`, cookie),
    "holds",
  ],
  ["the selector is one", home2, http(303, "", "Location: /web/database/selector", cookie), "violated"],
  ["another status from the worker is one", home2, http(404, odooPage, cookie), "violated"],
  ["another status from the edge is none", home2, http(403, "no"), "holds"],
  ["a result means that the call ran", call, json({ result: false }), "violated"],
  ["so does one in XML", call, xml("<params><param><value><boolean>0</boolean></value></param></params>"), "violated"],
  [
    "so does a database that PostgreSQL does not know",
    call,
    odooError("psycopg2.OperationalError", noDatabase),
    "violated",
  ],
  [
    "in XML alike",
    call,
    fault(`Traceback (most recent call last): psycopg2.OperationalError: ${noDatabase}`),
    "violated",
  ],
  ["an edge's JSON-RPC error is a refusal", call, edgeRefusal, "holds"],
  ["so is its fault", call, fault("this host is bound to acme"), "holds"],
  ["so is a 403", call, http(403, "blocked"), "holds"],
  ["and Odoo's own denial", call, odooError("odoo.exceptions.AccessDenied", "Access Denied"), "holds"],
  ["another failure of the worker says nothing", call, odooError("KeyError", "'method'"), "unknown"],
  ["nor does a worker without that route", call, http(404, odooPage, cookie), "unknown"],
  ["nor does a page", call, http(200, odooPage, cookie), "unknown"],
  [
    "a login that is denied was looked at",
    login,
    odooError("odoo.exceptions.AccessDenied", "Access Denied"),
    "violated",
  ],
  [
    "one that the filter stops was not",
    login,
    odooError("odoo.exceptions.AccessError", "Database not found."),
    "holds",
  ],
  ["one that the edge stops neither", login, edgeRefusal, "holds"],
];
for (const [rule, judge, exchange, want] of rows) t.equal(judge(exchange, home).verdict, want, rule);

const [limitLogin, limitForged] = limitFamily;
const page = http(200, odooPage, cookie);
const slow = http(429);
const limits: ReadonlyArray<readonly [rule: string, probe: Probe, seen: readonly Exchange[], want: Verdict]> = [
  ["a limit that is met is one", limitLogin!, [page, page, slow], "holds"],
  ["35 logins without one are none", limitLogin!, Array(35).fill(page), "violated"],
  ["a login page that fails says nothing", limitLogin!, Array(35).fill(http(500)), "unknown"],
  ["a forged address that is limited", limitForged!, [slow, slow, slow, slow, slow, slow], "holds"],
  ["one that never is, where plain ones are", limitForged!, [slow, page, page, slow, page, slow], "violated"],
  ["a bucket that refills now and then", limitForged!, [slow, page, slow, slow, slow, slow], "holds"],
  ["no limit at all", limitForged!, [page, page, page, page, page, page], "unknown"],
];
for (const [rule, probe, exchanges, want] of limits)
  t.equal(probe.judge(exchanges, home).verdict, want, `limits: ${rule}`);

const token = "Zk9-".repeat(12);
const secrets: ReadonlyArray<readonly [rule: string, exchange: Exchange]> = [
  ["a cookie", http(200, odooPage, `Set-Cookie: session_id=${token}`)],
  ["a query", http(303, "", `Location: /web/login?token=${token}`)],
  ["a path", http(303, "", `Location: /reset/${token}`)],
  ["a title", http(200, `<title>Hello ${token}</title>`)],
  ["a text", http(200, `key ${token}`)],
  ["a list of names", json({ result: [token, token] })],
  ["a traceback", odooError("psycopg2.OperationalError", `host ${token} 10.0.0.5`)],
];
for (const [where, exchange] of secrets)
  t.notMatch(describe(exchange), /Zk9|10\.0\.0\.5/, `what is reported leaves out ${where}`);

const replies: ReadonlyArray<
  readonly [rule: string, received: string, method: string, want: readonly [number, string, boolean]]
> = [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", "GET", [200, "ab", true]],
  [
    "chunks",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n",
    "GET",
    [200, "abc", true],
  ],
  ["chunks that go on", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "GET", [200, "ab", false]],
  ["the end of the connection", "HTTP/1.0 200 OK\r\n\r\nabc", "GET", [200, "abc", false]],
  ["bare line feeds", "HTTP/1.1 404 No\nContent-Length: 1\n\na", "GET", [404, "a", true]],
  ["interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", "GET", [204, "", true]],
  ["a tunnel", "HTTP/1.1 101 Up\r\n\r\n\x81\x00", "GET", [101, "", true]],
  ["no body for HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD", [200, "", true]],
];
for (const [rule, received, method, want] of replies) {
  const { reply, complete } = readReply(received, method);
  t.same([reply?.status, reply?.body, complete], want, `an answer is read by ${rule}`);
}
t.same(readReply("<html>old</html>", "GET"), { reply: null, complete: false }, "what has no status line is no answer");
t.equal(workerMark(http(200, "<html>nothing of the kind</html>").reply!), null, "a page alone marks nobody");
