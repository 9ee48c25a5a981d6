import type { Call } from "./call.ts";
import { rpcFailure, rpcResult } from "./json-rpc.ts";
import { escapeHtml, type WorkerResponse } from "./message.ts";
import { page } from "./pages.ts";

/**
 * The database manager, selector and the forms behind them.
 *
 * With `listDb` they name every database to everybody: what an edge has to keep shut. The forms change nothing: to
 * each the answer is that of a wrong master password.
 */
export function databaseManager(call: Call): WorkerResponse {
  const { listDb, databases } = call.settings;
  const refused = call.request.method === "POST" ? "<p role=alert>Access Denied</p>" : "";
  if (!listDb) return page(call, 200, "Databases", "<p>The database manager has been disabled.</p>");
  const names = databases.map((name) => `<li><a href="/web?db=${escapeHtml(name)}">${escapeHtml(name)}</a></li>`);
  return page(call, 200, "Databases", `${refused}<ul>\n${names.join("\n")}\n</ul>`);
}

/** `/web/database/list`: the same as JSON. */
export function databaseList(call: Call): WorkerResponse {
  const { listDb, databases } = call.settings;
  return listDb
    ? rpcResult(call, null, databases)
    : rpcFailure(call, null, "odoo.exceptions.AccessDenied", "Access Denied");
}
