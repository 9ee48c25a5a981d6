/** What came back, in one line that may stand in a public log: no cookie, no token, no list of names. */
import { workerMark } from "./markers.ts";
import { fieldValue } from "./read-reply.ts";
import { readRpc } from "./read-rpc.ts";
import type { Exchange, Reply } from "./types.ts";

const EXCERPT_MAX = 100;

/** An exchange's outcome; `note` says what is telling about it. */
export function describe({ reply, ended }: Exchange, note = ""): string {
  if (reply === null) return `${endings[ended]}${note === "" ? "" : `: ${note}`}`;
  const mark = workerMark(reply);
  const location = fieldValue(reply, "location").replace(/\?.*$/s, "?…");
  const parts = [
    `${reply.status}`,
    ...(location === "" ? [] : [`to ${hideSecrets(location)}`]),
    ...excerptOf(reply),
    ...(mark === null ? [] : [`made by a worker (${mark})`]),
    ...(note === "" ? [] : [note]),
  ];
  return parts.join(", ");
}

const endings = {
  answered: "answered",
  closed: "the connection was closed without an answer",
  timeout: "no answer in time",
  failed: "the connection failed",
} as const;

function excerptOf(reply: Reply): readonly string[] {
  const rpc = readRpc(reply.body);
  if (rpc?.kind === "result") return [`an RPC result: ${rpc.shape}`];
  if (rpc?.kind === "error") return [`an RPC error${errorName(rpc.text)}`];
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(reply.body)?.[1];
  const text = title ?? (/^[\x20-\x7e\s]*$/.test(reply.body) && !reply.body.includes("<") ? reply.body : "");
  const line = hideSecrets(text.replace(/\s+/g, " ").trim()).slice(0, EXCERPT_MAX);
  return line === "" ? [] : [JSON.stringify(line)];
}

/** The error's class or sentence, not its traceback: that may hold addresses and file names. */
function errorName(text: string): string {
  const known = /\w+\.[\w.]*(?:Error|AccessDenied|Exception)\b/.exec(text) ?? /"message":"[^"]{1,80}"/.exec(text);
  return known === null ? "" : ` (${hideSecrets(known[0])})`;
}

/** Long random-looking words: session ids, CSRF tokens, keys. */
function hideSecrets(text: string): string {
  return text
    .replace(/[A-Za-z0-9_-]{32,}/g, "(hidden)")
    .replace(/(session_id|token|key|password)=[^&\s;]*/gi, "$1=(hidden)");
}
