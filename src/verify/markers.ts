/**
 * How to tell that a response was made by an Odoo worker and not by the edge in front of it.
 *
 * | mark | where it comes from |
 * |---|---|
 * | `Server: Werkzeug/… Python/…`, `gevent` | the worker's own HTTP server, where the edge passes it on |
 * | `Set-Cookie: session_id=` | Odoo's session, new with nearly every anonymous page |
 * | a page that says Odoo, or holds its scripts | QWeb: `odoo.define`, `data-oe-`, `/web/assets/`, "Powered by Odoo" |
 * | Werkzeug's plain error page | a worker that has no database for the host, or no such route |
 * | a JSON-RPC result, or an error with a Python traceback | Odoo's dispatcher; an edge's own refusal has neither |
 * | an XML-RPC response, or a fault with a Python error | the same |
 *
 * An edge may strip any of them, so a missing mark proves nothing alone: the login page of the target must carry one,
 * or the run ends before it concludes anything.
 */

import { fieldValue, fieldValues } from "./read-reply.ts";
import { readRpc } from "./read-rpc.ts";
import type { Reply } from "./types.ts";

interface Marker {
  readonly name: string;
  found(reply: Reply): boolean;
}

const markers: readonly Marker[] = [
  {
    name: "the worker's Server field",
    found: (reply) => /werkzeug|gevent|\bpython\b/i.test(fieldValue(reply, "server")),
  },
  {
    name: "a session_id cookie",
    found: (reply) => fieldValues(reply, "set-cookie").some((value) => /^session_id=/i.test(value)),
  },
  {
    name: "an Odoo page",
    found: (reply) => isHtml(reply) && /\bodoo\b|data-oe-|\/web\/assets\/|\/web\/static\//i.test(reply.body),
  },
  { name: "Werkzeug's error page", found: (reply) => isHtml(reply) && werkzeugPage.test(reply.body) },
  { name: "an RPC answer of Odoo's", found: (reply) => isOdooRpc(reply) },
];

const werkzeugPage =
  /If you entered the URL manually please check your spelling|You should be redirected automatically to (?:the )?target URL|The browser \(or proxy\) sent a request that this server could not understand/;

/** What shows that a worker made this response, null when nothing does. */
export function workerMark(reply: Reply): string | null {
  return markers.find((marker) => marker.found(reply))?.name ?? null;
}

/** Whether it leads to the database selector: what Odoo says when the host it believes in selects no database. */
export function leadsToSelector(reply: Reply): boolean {
  return /\/web\/database\/selector\/?(?:[?#]|$)/.test(fieldValue(reply, "location"));
}

/** A Python error's text, as Odoo's dispatchers pass it on. */
export const pythonError =
  /Traceback \(most recent call last\)|\b(?:Attribute|Type|Key|Value|Index|Operational|UnicodeDecode|Expat)Error\b/;

function isHtml(reply: Reply): boolean {
  return /<!doctype html|<html|<title/i.test(reply.body.slice(0, 2_000));
}

function isOdooRpc(reply: Reply): boolean {
  const rpc = readRpc(reply.body);
  return rpc !== null && (rpc.kind === "result" || pythonError.test(rpc.text));
}
