/** Clients that integrators use, through a running edge: with the tenant's database they work, with another they say what to change. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t from "tap";
import { Agent, fetch } from "undici";
import { python } from "../../scripts/install-python.ts";
import { startTestEdge } from "../support/edge.ts";
import { workersFor } from "../support/odoo.ts";

const host = "acme.localhost";
const other = "globex.localhost";
const workers = await workersFor(t, "17.0", "^%h$");
const edge = await startTestEdge({
  catalog: `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: clients }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: 0, protocol: HTTP } ]
  telemetry: { address: 127.0.0.1, port: 0 }
  admin: { address: 127.0.0.1, port: 0 }
---
apiVersion: hostward.dev/v1alpha1
kind: WorkerPool
metadata: { name: odoo-17, namespace: odoo-v17 }
spec:
  odoo: "17.0"
  service: { name: worker-odoo, httpPort: 8069, realtimePort: 8072 }
  dbfilter: "^%h$"
  workers: 4
  endpoints: [ { address: 127.0.0.1, httpPort: ${workers.httpPort}, realtimePort: ${workers.realtimePort} } ]
---
apiVersion: hostward.dev/v1alpha1
kind: Tier
metadata: { name: open }
spec: { rpc: bound }
---
apiVersion: hostward.dev/v1alpha1
kind: Tenant
metadata: { name: acme }
spec: { hostname: ${host}, pool: odoo-17, tier: open }
`,
});
t.teardown(() => edge.close());

const expected = `this hostname serves the database \`${host}\` and no other`;
const company = [{ id: 1, name: `Company of ${host}`, database: host, model: "res.company" }];
const closedManager = new RegExp(`${expected}; the \`db\` service offers \`server_version\` only`);
const callFirst = new RegExp(`${expected}; give it as the first argument of every call`);

async function pythonClients(database: string): Promise<Record<string, unknown>> {
  const script = fileURLToPath(new URL("rpc_clients.py", import.meta.url));
  const { stdout } = await promisify(execFile)(python, [script, `${edge.port}`, host, database]);
  return JSON.parse(stdout);
}

const dispatcher = new Agent({
  connect: { lookup: (_host, _options, found) => found(null, [{ address: "127.0.0.1", family: 4 }]) },
});
t.teardown(() => dispatcher.close());

/** A call as a web page makes it. */
async function call(path: string, params: unknown): Promise<unknown> {
  const response = await fetch(`http://${host}:${edge.port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method: "call", id: 7, params }),
    dispatcher,
  });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { data: { message: string } } };
  return { status: response.status, result, message: error?.data.message };
}

const login = (db: string) => ({ db, login: "admin", password: "admin" });
const read = (db: string) => ({
  service: "object",
  method: "execute_kw",
  args: [db, 2, "admin", "res.company", "search_read", [[]], { limit: 1 }],
});
const calls: ReadonlyArray<readonly [rule: string, path: string, params: unknown, want: object]> = [
  [
    "version",
    "/jsonrpc",
    { service: "common", method: "version", args: [] },
    { status: 200, result: { server_version: "17.0" } },
  ],
  ["log-in", "/web/session/authenticate", login(host), { status: 200, result: { uid: 2, db: host } }],
  [
    "log-in to another database",
    "/web/session/authenticate",
    login(other),
    { status: 200, message: new RegExp(expected) },
  ],
  ["a call", "/jsonrpc", read(host), { status: 200, result: company }],
  ["a call of another database", "/jsonrpc", read(other), { status: 200, message: callFirst }],
  ["the same behind a language", "/fr/jsonrpc", read(other), { status: 200, message: callFirst }],
  ["the same at an alias", "/totally-harmless", read(other), { status: 200, message: callFirst }],
];

const [own, foreign] = await Promise.all([pythonClients(host), pythonClients(other)]);
const answers = await Promise.all(calls.map(([, path, params]) => call(path, params)));

const rows: ReadonlyArray<readonly [action: string, withOwn: unknown, withForeign: unknown]> = [
  ["xmlrpc version", "17.0", "17.0"],
  ["xmlrpc authenticate", 2, callFirst],
  ["xmlrpc wrong password", false, callFirst],
  ["xmlrpc search_read", company, callFirst],
  ["xmlrpc server_version", "17.0", "17.0"],
  ["xmlrpc list", closedManager, closedManager],
  ["odoorpc version", "17.0", "17.0"],
  ["odoorpc search_read", company, callFirst],
  ["odoorpc list", closedManager, closedManager],
];
for (const [action, withOwn, withForeign] of rows) {
  t.match(own[action], withOwn, `${action}, with the tenant's database`);
  t.match(foreign[action], withForeign, `${action}, with another`);
}
t.match(foreign["xmlrpc authenticate"], /^Fault: <Fault 3: /, "XML-RPC clients see an access that was denied");
t.match(foreign["odoorpc search_read"], /^RPCError: /, "OdooRPC raises the error that its users catch");
for (const [i, [rule, , , want]] of calls.entries()) t.match(answers[i], want, `fetch: ${rule}`);
t.strictSame(edge.faults, [], "the edge itself has no fault");
