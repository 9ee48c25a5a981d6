import { adminUid, passwordFits } from "./accounts.ts";
import type { WorkerSettings } from "./call.ts";

/** An error that Odoo raises, with the name of its Python class. */
export class OdooError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Odoo's RPC services `common`, `db` and `object`, as JSON-RPC and XML-RPC reach them.
 *
 * They open whatever database the arguments name, whichever host was asked: `dbfilter` does not apply to them.
 * Throws an `OdooError` as Odoo would.
 */
export function dispatchRpc(settings: WorkerSettings, service: string, method: string, args: readonly unknown[]) {
  const run = methods.get(`${service}.${method}`);
  if (run === undefined) throw new OdooError("AttributeError", `no method ${service}.${method}`);
  return run(settings, args);
}

/** What `version` and `/web/webclient/version_info` tell. */
export function versionInfo(settings: WorkerSettings) {
  return {
    server_version: settings.odoo,
    server_version_info: [settings.odooMajor, 0, 0, "final", 0, ""],
    server_serie: settings.odoo,
    protocol_version: 1,
  };
}

/** Opens a database by name; one that does not exist is told apart, as PostgreSQL does. */
export function openDatabase(settings: WorkerSettings, name: unknown): string {
  if (typeof name === "string" && settings.databases.includes(name)) return name;
  throw new OdooError("psycopg2.OperationalError", `FATAL:  database "${String(name)}" does not exist`);
}

type RpcMethod = (settings: WorkerSettings, args: readonly unknown[]) => unknown;

const authenticate: RpcMethod = (settings, [database, login, password]) => {
  openDatabase(settings, database);
  return passwordFits(login, password) ? adminUid : false;
};

const execute: RpcMethod = (settings, [name, uid, password, model, method]) => {
  const database = openDatabase(settings, name);
  if (uid !== adminUid || !passwordFits("admin", password)) throw accessDenied();
  // What clients ask for as soon as they are logged in.
  if (method === "context_get") return { lang: "en_US", tz: "UTC" };
  return [{ id: 1, name: `Company of ${database}`, database, model: String(model) }];
};

const listDatabases: RpcMethod = ({ listDb, databases }) => {
  if (!listDb) throw accessDenied();
  return databases;
};

const methods: ReadonlyMap<string, RpcMethod> = new Map<string, RpcMethod>([
  ["common.version", versionInfo],
  ["common.about", () => "See http://openerp.com"],
  ["common.login", authenticate],
  ["common.authenticate", authenticate],
  ["db.list", listDatabases],
  ["db.db_exist", ({ databases }, [name]) => databases.includes(String(name))],
  ["db.server_version", ({ odoo }) => odoo],
  ["db.list_lang", () => [["en_US", "English (US)"]]],
  ["object.execute", execute],
  ["object.execute_kw", execute],
]);

function accessDenied(): OdooError {
  return new OdooError("odoo.exceptions.AccessDenied", "Access Denied");
}
