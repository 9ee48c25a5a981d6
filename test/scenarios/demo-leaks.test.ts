import t from "tap";
import { everyName, get, post, request, runRows, workersFor } from "../support/odoo.ts";

// What workers give away when nothing stands in front of them: the reason for an edge.
const h15 = (await workersFor(t, "15.0", "^%h$")).httpPort;
const odoo17 = await workersFor(t, "17.0", "^%h$");
const h17 = odoo17.httpPort;
const h19 = (await workersFor(t, "19.0", "^%h$")).httpPort;
const hidden = (await workersFor(t, "17.0", "^%h$", { listDb: false })).httpPort;

const manager = "/web/database/manager";
const noNames = /^(?!.*globex)/s;
const jsonCall = (params: unknown): string => JSON.stringify({ jsonrpc: "2.0", id: 7, params });
const rpc = (service: string, method: string, ...args: unknown[]): string =>
  post("/jsonrpc", jsonCall({ service, method, args }), "Content-Type: application/json");
const xml = (service: string, method: string, ...args: string[]): string => {
  const params = args.map((arg) => `<param>\n<value><string>${arg}</string></value>\n</param>\n`).join("");
  const call = `<methodName>${method}</methodName>\n<params>\n${params}</params>`;
  return post(`/xmlrpc/${service}`, `<?xml version='1.0'?>\n<methodCall>\n${call}\n</methodCall>\n`);
};
const enter = (db: string, password = "admin"): string =>
  post("/web/session/authenticate", jsonCall({ db, login: "admin", password }));
const pairs = post("/jsonrpc", '{"params":[["service","db"],["method","list"],["args",[]]]}');
const keys = post("/jsonrpc", '{"params":{"service":"db","method":"db_exist","args":{"initech":1}}}');
const company = ["res.company", "read", [[1]]];

runRows(t, [
  // the manager
  ["the manager names every database", h17, get(manager), everyName],
  ["the selector too", h19, get("/web/database/selector", "Host: x"), everyName],
  ["a form of the manager too", h17, post("/web/database/drop", "master_pwd=x&name=initech"), everyName],
  ["the list too", h17, post("/web/database/list", "{}"), everyName],
  ["on the realtime port as well", odoo17.realtimePort, get(manager, "Connection: close"), everyName],
  ["list_db=False hides them", hidden, get(manager), noNames],
  ["and refuses the list", hidden, post("/web/database/list", "{}"), /^(?!.*globex).*AccessDenied/s],
  // paths that mean the same
  ["behind a language prefix", h17, get(`/fr${manager}`), everyName],
  ["behind leading slashes", h17, get(`//${manager}`), everyName],
  ["behind a prefix and slashes", h17, get(`/fr/${manager}`), everyName],
  ["percent-encoded once", h17, get("/web%2F%64atabase/manager"), everyName],
  ["with a last slash", h17, get(`${manager}/`), everyName],
  ["with a fragment", h17, get(`${manager}#x`), everyName],
  ["not percent-encoded twice", h17, get("/web/%2564atabase/manager"), / 404 /],
  ["not behind two prefixes", h17, get(`/fr/fr${manager}`), / 404 /],
  // JSON-RPC
  ["/jsonrpc lists every database", h17, rpc("db", "list"), everyName],
  ["with any method", h17, rpc("db", "list").replace("POST", "BREW"), everyName],
  ["list_db=False refuses it", hidden, rpc("db", "list"), /^(?!.*globex).*AccessDenied/s],
  ["but still tells which exist", hidden, rpc("db", "db_exist", "initech"), /"result":true/],
  [
    "it logs in to any database",
    h17,
    rpc("common", "login", "globex.localhost", "admin", "admin"),
    /"id":7,"result":2/,
  ],
  ["it reads any", h17, rpc("object", "execute_kw", "initech", 2, "admin", ...company), /Company of initech/],
  ["not without the password", h17, rpc("object", "execute", "initech", 2, "x", ...company), /AccessDenied/],
  ["an unknown database is told apart", h17, rpc("common", "login", "nope"), /database \\"nope\\" does not exist/],
  ["params may be a list of pairs", h17, pairs, everyName],
  ["args may be an object", h17, keys, /"result":true/],
  ["a prototype's name is no service", h17, rpc("constructor", "name"), /AttributeError/],
  ["what is no JSON is an error", h17, post("/jsonrpc", "{"), /AttributeError/],
  // XML-RPC
  ["XML-RPC lists them as well", h17, xml("2/db", "list"), everyName],
  ["it logs in to any", h17, xml("2/common", "authenticate", "initech", "admin", "admin"), /<int>2<\/int>/],
  ["references read as characters", h17, xml("db", "db_exist", "&#105;nit&#x65;ch"), /<boolean>1</],
  ["a fault is a fault", h17, xml("object", "execute", "initech"), /<fault>.*AccessDenied/s],
  ["the version needs no database", h19, xml("common", "version"), /server_version<\/name><value><string>19\.0/],
  // the JSON login
  ["up to 15 it enters any database", h15, enter("globex.localhost"), /"db":"globex\.localhost"/],
  ["from 16 on only the host's", h17, enter("globex.localhost"), /Database not found/],
  ["which it does enter", h17, enter("acme.localhost"), /"uid":2,"username":"admin","db":"acme\.localhost"/],
  ["with the right password", h17, enter("acme.localhost", "x"), /AccessDenied/],
  ["nobody is logged in before", h17, request("POST /web/session/get_session_info"), /"uid":null/],
]);
