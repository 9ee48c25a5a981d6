import { adminUid, passwordFits } from "./accounts.ts";
import { accepts, type Call } from "./call.ts";
import { json, type WorkerResponse } from "./message.ts";
import { dispatchRpc, OdooError, openDatabase, versionInfo } from "./rpc-services.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * `/jsonrpc`: any service, any database, any method of HTTP.
 *
 * Containers are read as Python reads them: `params` may be a list of pairs, `args` an object whose keys count.
 */
export function jsonRpc(call: Call): WorkerResponse {
  return answering(call, (params) => {
    const args = Array.isArray(params.args) ? params.args : Object.keys(Object(params.args));
    return dispatchRpc(call.settings, String(params.service), String(params.method), args);
  });
}

/** `/web/session/authenticate`: up to 15 into any database, from 16 on only where the filter accepts it. */
export function authenticateSession(call: Call): WorkerResponse {
  return answering(call, ({ db, login, password }) => {
    const { settings } = call;
    if (settings.odooMajor >= 16 && !accepts(settings, call.host, String(db)))
      throw new OdooError("odoo.exceptions.AccessError", "Database not found.");
    const database = openDatabase(settings, db);
    if (!passwordFits(login, password)) throw new OdooError("odoo.exceptions.AccessDenied", "Access Denied");
    settings.sessions.end(call.session);
    call.session = settings.sessions.create(database, String(login));
    return sessionInfo(call);
  });
}

/** `/web/session/get_session_info`: who is logged in, and where. */
export function getSessionInfo(call: Call): WorkerResponse {
  return answering(call, () => sessionInfo(call));
}

/** `/web/webclient/version_info`. */
export function getVersionInfo(call: Call): WorkerResponse {
  return answering(call, () => versionInfo(call.settings));
}

/** `/longpolling/poll` (up to 15), only where the realtime process serves it. Does not hold the poll. */
export function longPoll(call: Call): WorkerResponse {
  return answering(call, () => {
    if (call.port === "http") throw new OdooError("Exception", "bus.Bus unavailable");
    return [{ id: 1, channel: "demo", message: { database: call.database } }];
  });
}

/** A JSON-RPC result, with the database of the host beside it so that a leak shows. */
export function rpcResult(call: Call, id: unknown, result: unknown): WorkerResponse {
  return json({ jsonrpc: "2.0", id, result, database: call.database });
}

/** A JSON-RPC error as Odoo words it, traceback and all. */
export function rpcFailure(call: Call, id: unknown, name: string, message: string): WorkerResponse {
  const debug = `Traceback (most recent call last):\n${name}: ${message}\n`;
  const error = { code: 200, message: "Odoo Server Error", data: { name, message, arguments: [message], debug } };
  return json({ jsonrpc: "2.0", id, error, database: call.database });
}

function answering(call: Call, run: (params: Members) => unknown): WorkerResponse {
  const { id = null, params = {} } = parseBody(call.request.body);
  const members: Members = Array.isArray(params) ? Object.fromEntries(params) : Object(params);
  try {
    return rpcResult(call, id, run(members));
  } catch (error) {
    if (error instanceof OdooError) return rpcFailure(call, id, error.name, error.message);
    throw error;
  }
}

function parseBody(body: Buffer): Members {
  try {
    return Object(JSON.parse(body.toString()));
  } catch {
    return {};
  }
}

function sessionInfo(call: Call) {
  const { login, database } = call.session;
  return { uid: login === null ? null : adminUid, username: login, db: database, server_version: call.settings.odoo };
}
