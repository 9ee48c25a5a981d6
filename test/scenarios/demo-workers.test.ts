import t from "tap";
import { startDemoWorkers } from "../../src/demo/worker.ts";
import { ask, databases, get, post, request, runRows, workersFor } from "../support/odoo.ts";

const odoo17 = await workersFor(t, "17.0", "^%h$");
const h17 = odoo17.httpPort;
const h14 = (await workersFor(t, "14.0", "^%h$")).httpPort;
const h15 = (await workersFor(t, "15.0", "^%h$")).httpPort;
const h19 = (await workersFor(t, "19.0", "^%h$")).httpPort;

const chunked = `${request("POST /demo/echo", ["Transfer-Encoding: chunked"])}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`;
const manyFields = request("GET /", Array(100).fill("X-A: b"));
const pixelTag = 'If-None-Match: "4a5eb7171b58e08a6881721e3b43d5a44419a2be"';
const abcHash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const asSent = '"method":"PUT","target":"/demo/echo\\?a=b","headers":\\[\\["Host","acme.localhost"\\],\\["X-A","1"\\]';

runRows(t, [
  // connections of the HTTP port
  [
    "answers HTTP/1.0 and closes",
    h17,
    get("/", "Connection: keep-alive"),
    /^HTTP\/1\.0 200 OK\r\n.*Connection: close\r/s,
  ],
  ["a page has no Content-Length", h17, get("/web/login"), /^(?!.*Content-Length).*<h1>/s],
  ["of two pipelined requests one is answered", h17, get("/web/health").repeat(2), /^(?!.*HTTP.*HTTP).*pass/s],
  ["HEAD has no body", h17, request("HEAD /web/login"), /^HTTP\/1\.0 200 OK\r\n(?:.+\r\n)+\r\n$/],
  ["a file carries Date twice", h17, get("/web/image/7"), /\r\nDate: (.*?)\r\n.*\r\nDate: \1\r\n.*PNG/s],
  ["a validator that holds gives 304", h17, get("/web/image/7", pixelTag), /^HTTP\/1\.0 304 (?!.*PNG)/s],
  [
    "Expect is answered first",
    h17,
    get("/", "Expect: 100-continue", "Content-Length: 1"),
    /^HTTP\/1\.1 100 Continue\r/,
  ],
  ["a chunked body is read", h17, chunked, /"bodyBytes":5,"bodySha256":"36bbe50e/],
  ["bare line feeds end lines", h17, get("/web/login").replaceAll("\r", ""), /Database: acme/],
  ["more than 100 fields are refused", h17, manyFields, /^HTTP\/1\.0 431 /],
  ["what is no request is refused", h17, "hello\r\n\r\n", /^HTTP\/1\.0 400 /],
  ["a body that stalls gives 400", h17, get("/", "Content-Length: 9"), /^HTTP\/1\.0 400 /],
  ["a head that stalls gives nothing", h17, "GET / HTTP/1.1\r\n", /^$/],
  // pages
  ["the first visit starts a session", h17, get("/"), /Cookie: frontend_lang=.*Cookie: session_id=[0-9a-f]{40};/s],
  ["its cookie has no Domain", h17, get("/"), /session_id=\w+; Max-Age=604800; HttpOnly; Path=\/\r/],
  ["19 has longer session ids", h19, get("/"), /Set-Cookie: session_id=[\w-]{84};/],
  ["the right password gives 303", h17, post("/web/login", "login=admin&password=admin"), / 303 .*Location: \/web\r/s],
  ["the wrong one gives 200", h17, post("/web/login", "login=admin&password=x"), / 200 .*Wrong login/s],
  ["the back office needs a login", h17, get("/web"), / 303 .*Location: \/web\/login/s],
  ["18 and later call it /odoo", h19, post("/web/login", "login=admin&password=admin"), /Location: \/odoo\r/],
  ["an unknown path is a page", h17, get("/no/such"), /^HTTP\/1\.0 404 .*Database: acme\.localhost/s],
  ["a page escapes the host", h17, get("/web/database/manager", "Host: <b>"), /Host: &#60;b&#62;/],
  ["assets name their database", h17, get("/web/assets/1/a.min.js"), /immutable.*assets of acme\.localhost/s],
  ["a module's files know no session", h17, get("/web/static/a.js"), /^(?!.*Set-Cookie).*static file/s],
  ["nor does health", h17, get("/web/health"), /^(?!.*Set-Cookie).*\{"status":"pass"\}/s],
  ["15 has health", h15, get("/web/health"), /"pass"/],
  ["14 has none", h14, get("/web/health"), / 404 /],
  ["an answer of a given size", h17, get("/demo/big?bytes=70000"), /Content-Length: 70000\r.*\r\n\r\nx{70000}$/s],
  ["the echo tells the request", h17, request("PUT /demo/echo?a=b", ["X-A: 1"], "abc"), new RegExp(asSent)],
  ["and its body", h17, post("/demo/echo", "abc"), new RegExp(`"bodyBytes":3,"bodySha256":"${abcHash}"`)],
  ["the version", h17, post("/web/webclient/version_info", "{}"), /"server_version":"17\.0"/],
  // what only the realtime port can do
  ["a WebSocket here gives 500", h17, get("/websocket", "Upgrade: websocket"), / 500 .*bind the websocket/s],
  ["a poll here gives an error", h15, post("/longpolling/poll", "{}"), /bus\.Bus unavailable/],
]);

t.test("one worker serves one request at a time, and counts", async (t) => {
  const workers = await workersFor(t, "17.0", "^%h$", { workers: 1 });
  const order: string[] = [];
  const slow = ask(workers.httpPort, get("/demo/slow?ms=100")).then(() => order.push("slow"));
  const quick = ask(workers.httpPort, get("/web/health")).then(() => order.push("quick"));
  await Promise.all([slow, quick]);
  t.same(order, ["slow", "quick"]);
  t.equal(workers.requests(), 2);
});

t.test("a port in use rejects with the system's error", async (t) => {
  const taken = { odoo: "17.0", dbfilter: "^%h$", databases } as const;
  await t.rejects(startDemoWorkers({ ...taken, httpPort: odoo17.httpPort }), { code: "EADDRINUSE" });
  await t.rejects(startDemoWorkers({ ...taken, realtimePort: odoo17.realtimePort }), { code: "EADDRINUSE" });
});
