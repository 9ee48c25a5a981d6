import { type Dbfilter, selectsDatabase } from "../policy/dbfilter.ts";
import { fieldValue, type WorkerRequest } from "./message.ts";
import type { Session, Sessions } from "./sessions.ts";

/** What the workers of one group share. */
export interface WorkerSettings {
  /** As in a catalog, `17.0`. */
  readonly odoo: string;
  readonly odooMajor: number;
  readonly dbfilter: Dbfilter;
  /** Every database that the PostgreSQL role owns, those of other groups included. */
  readonly databases: readonly string[];
  /** Whether databases may be listed (Odoo's `list_db`). */
  readonly listDb: boolean;
  readonly sessions: Sessions;
}

/** One request after the worker has decided which database it is about. */
export interface Call {
  readonly settings: WorkerSettings;
  readonly request: WorkerRequest;
  /** Which of the worker's ports it came in on. */
  readonly port: "http" | "realtime";
  /** Decoded once, leading slashes merged, without language prefix and trailing slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Host as the worker believes it, port included. */
  readonly host: string;
  /** Null when the host selects none, or several and the session does not say which. */
  readonly database: string | null;
  session: Session;
  /** Whether X-Odoo-Database contradicts the session (19). */
  readonly conflict: boolean;
  /** Whether no cookie may be set (19, bound by X-Odoo-Database). */
  readonly stateless: boolean;
}

type Binding = Pick<Call, "database" | "session" | "conflict" | "stateless">;

/** Binds a request to a database the way that Odoo version does (`_get_session_and_dbname`). */
export function openCall(settings: WorkerSettings, port: Call["port"], request: WorkerRequest): Call {
  const target = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)(.*)$/i.exec(request.target);
  const relative = target?.[2] ?? request.target;
  const [rawPath = "", rawQuery = ""] = relative.replace(/#.*$/, "").split(/\?(.*)/s);
  const query = new URLSearchParams(rawQuery);
  const host = believedHost(request, target?.[1]);
  const path = routedPath(rawPath);
  return { settings, request, port, path, query, host, ...bind(settings, request, query, host) };
}

/** Whether the filter lets this host see this database. */
export function accepts(settings: WorkerSettings, host: string, database: string): boolean {
  const { databases, dbfilter, odooMajor } = settings;
  return databases.includes(database) && selectsDatabase(dbfilter, odooMajor, host, database);
}

/** X-Forwarded-Host wins over everything (proxy_mode), its last element over the others; then the target, then Host. */
function believedHost(request: WorkerRequest, authority: string | undefined): string {
  const forwarded = fieldValue(request, "x-forwarded-host");
  return forwarded === "" ? (authority ?? fieldValue(request, "host")) : forwarded.split(",").at(-1)!.trim();
}

function routedPath(rawPath: string): string {
  const decoded = percentDecode(rawPath).replace(/^\/*/, "/");
  const bare = decoded.replace(/^\/(?:en|fr)(?=\/|$)\/*/, "/");
  return bare.length > 1 ? bare.replace(/\/$/, "") : bare;
}

function percentDecode(text: string): string {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}

function bind(settings: WorkerSettings, request: WorkerRequest, query: URLSearchParams, host: string): Binding {
  const { sessions } = settings;
  const known = sessions.find(sessionId(settings, request, query));
  const bound = known?.database ?? null;
  const header = settings.odooMajor >= 19 ? fieldValue(request, "x-odoo-database") : "";
  if (known !== undefined && bound !== null && accepts(settings, host, bound))
    return { database: bound, session: known, conflict: header !== "" && header !== bound, stateless: false };
  if (header !== "") {
    const database = accepts(settings, host, header) ? header : null;
    return { database, session: sessions.create(database), conflict: false, stateless: true };
  }
  const candidates = settings.databases.filter((database) => accepts(settings, host, database));
  const database = candidates.length === 1 ? candidates[0]! : null;
  if (known !== undefined && bound !== null) sessions.end(known);
  const session = known !== undefined && bound === null ? known : sessions.create(database);
  session.database = database;
  return { database, session, conflict: false, stateless: false };
}

/** Up to 17 the query and a field of its own come before the cookie; then the first cookie counts. */
function sessionId(settings: WorkerSettings, request: WorkerRequest, query: URLSearchParams): string {
  const explicit = query.get("session_id") ?? fieldValue(request, "x-openerp-session-id");
  if (settings.odooMajor <= 17 && explicit !== "") return explicit;
  const cookies = fieldValue(request, "cookie").split(";");
  const cookie = cookies.map((pair) => pair.trim()).find((pair) => pair.startsWith("session_id="));
  return cookie?.slice("session_id=".length) ?? "";
}
