import { type Call, openCall, type WorkerSettings } from "./call.ts";
import { databaseList, databaseManager } from "./databases.ts";
import { asset, image, moduleFile } from "./files.ts";
import { authenticateSession, getSessionInfo, getVersionInfo, jsonRpc, longPoll } from "./json-rpc.ts";
import { type Application, escapeHtml, type Field, html, json, type WorkerResponse } from "./message.ts";
import { home, login, logout, notFound, webClient } from "./pages.ts";
import { big, echo, slow } from "./probes.ts";
import { openWebSocket } from "./websocket.ts";
import { xmlRpc } from "./xml-rpc.ts";

type Handler = (call: Call) => WorkerResponse | Promise<WorkerResponse>;

interface Route {
  readonly path: RegExp;
  /** Odoo majors that have it, both ends included. */
  readonly majors?: readonly [from: number, to: number];
  readonly run: Handler;
}

/** First match wins. */
const routes: readonly Route[] = [
  { path: /^\/$/, run: home },
  { path: /^\/web$/, run: webClient },
  { path: /^\/odoo(\/|$)/, majors: [18, 99], run: webClient },
  { path: /^\/web\/login$/, run: login },
  { path: /^\/web\/session\/logout$/, run: logout },
  { path: /^\/web\/session\/authenticate$/, run: authenticateSession },
  { path: /^\/web\/session\/get_session_info$/, run: getSessionInfo },
  { path: /^\/web\/webclient\/version_info$/, run: getVersionInfo },
  { path: /^\/web\/health$/, majors: [15, 99], run: () => json({ status: "pass" }) },
  { path: /^\/web\/database\/list$/, run: databaseList },
  { path: /^\/web\/database\/[a-z_]+$/, run: databaseManager },
  { path: /^\/web\/image(\/|$)/, run: image },
  { path: /^\/web\/assets\/.+\.(js|css)$/, run: asset },
  { path: /^\/[a-z0-9_]+\/static\//, run: moduleFile },
  { path: /^\/jsonrpc$/, run: jsonRpc },
  { path: /^\/xmlrpc(\/2)?\/(common|db|object)$/, run: xmlRpc },
  { path: /^\/longpolling\/poll$/, majors: [13, 15], run: longPoll },
  { path: /^\/websocket$/, majors: [16, 99], run: webSocket },
  { path: /^\/demo\/echo$/, run: echo },
  { path: /^\/demo\/slow$/, run: slow },
  { path: /^\/demo\/big$/, run: big },
];

/** The stand-in Odoo behind one port: binds each request to a database, then answers it. */
export function createApplication(settings: WorkerSettings, port: Call["port"]): Application {
  const server: Field = ["Server", serverName(settings.odooMajor)];
  return async (request) => {
    const call = openCall(settings, port, request);
    const response = call.conflict ? refuseConflict() : await answer(call);
    const date: Field = ["Date", new Date().toUTCString()];
    const last: Field = ["X-Content-Type-Options", "nosniff"];
    return { ...response, fields: [server, date, ...response.fields, ...sessionCookie(call), last] };
  };
}

async function answer(call: Call): Promise<WorkerResponse> {
  try {
    return await handlerOf(call)(call);
  } catch (error) {
    return html(
      500,
      `<!doctype html>\n<title>500 Internal Server Error</title>\n<p>${escapeHtml(String(error))}</p>\n`,
    );
  }
}

function handlerOf(call: Call): Handler {
  const { odooMajor } = call.settings;
  const route = routes.find(
    ({ path, majors = [0, 99] }) => path.test(call.path) && majors[0] <= odooMajor && odooMajor <= majors[1],
  );
  return route?.run ?? notFound;
}

function webSocket(call: Call): WorkerResponse {
  return call.port === "realtime" ? openWebSocket(call) : html(500, "Couldn't bind the websocket\n");
}

function refuseConflict(): WorkerResponse {
  return html(403, "Cannot use both the session_id cookie and the x-odoo-database header.\n");
}

/** A new session is told once; up to 15 every answer repeats it. Files and health know no session. */
function sessionCookie(call: Call): readonly Field[] {
  const { session, settings } = call;
  const wanted = session.fresh || settings.odooMajor <= 15;
  if (!wanted || call.stateless || /\/static\/|^\/web\/health$/.test(call.path)) return [];
  session.fresh = false;
  const days = settings.odooMajor <= 15 ? 90 : 7;
  return [["Set-Cookie", `session_id=${session.id}; Max-Age=${days * 86_400}; HttpOnly; Path=/`]];
}

/** Werkzeug and Python as that Odoo version pins them. */
function serverName(odooMajor: number): string {
  if (odooMajor <= 14) return "Werkzeug/0.16.1 Python/3.8.18";
  if (odooMajor <= 16) return "Werkzeug/2.0.2 Python/3.10.12";
  return odooMajor === 17 ? "Werkzeug/2.2.2 Python/3.11.2" : "Werkzeug/3.0.1 Python/3.12.3";
}
