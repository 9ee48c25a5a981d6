/** The database manager under every spelling that a worker understands, the other closed doors, and the surface. */
import { doors } from "../../policy/doors.ts";
import { ask, get, postJson } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { each, type JudgeOne, say, unreached, unserved } from "../judges.ts";
import { readRpc } from "../read-rpc.ts";
import type { Ask, Probe, Target } from "../types.ts";

const MANAGER = "/web/database/manager";

/** How a target can spell the manager: read by Werkzeug as that path, by a simple path rule as another. */
const spellings: ReadonlyArray<readonly [id: string, where: string, targets: (to: Target) => readonly string[]]> = [
  ["plain", "under its own path", () => [MANAGER, "/web/database/selector"]],
  ["language", "behind a language prefix", () => [`/fr${MANAGER}`, `/en${MANAGER}`]],
  ["language-slashes", "behind a language prefix and two slashes", () => [`/fr/${MANAGER}`]],
  ["slashes", "behind leading slashes", () => [`/${MANAGER}`, `//${MANAGER}`]],
  ["encoded-letter", "with a percent-encoded letter", () => ["/web/%64atabase/manager"]],
  ["encoded-slash", "with percent-encoded slashes", () => ["/web%2Fdatabase%2Fmanager", "/%2Fweb/database/manager"]],
  ["trailing-slash", "with a trailing slash", () => [`${MANAGER}/`]],
  ["dot-segments", "behind dot segments", () => [`/x/..${MANAGER}`, "/web/./database/manager"]],
  ["absolute-form", "in an absolute-form target", (to) => [`http://${to.own.host}${MANAGER}`]],
  ["fragment", "before a fragment", () => [`${MANAGER}#x`]],
  ["no-slash", "without a leading slash", () => [MANAGER.slice(1)]],
];

const managerProbes = spellings.map(
  ([id, where, targets]): Probe => ({
    id: `manager.${id}`,
    title: `The database manager is closed ${where}`,
    severity: "high",
    why: "it creates, dumps and drops databases for whoever guesses one password, and parses uploads before it asks",
    fix: fixes.doors,
    asks: (to) => targets(to).map((target) => get(to, target)),
    judge: each(unserved),
  }),
);

/** Holds when no answer lists databases: neither the list, nor the links of the page. */
const listsNothing: JudgeOne = (exchange, home) => {
  const { reply } = exchange;
  const rpc = reply === null ? null : readRpc(reply.body);
  if (rpc?.kind === "result" && Array.isArray(rpc.value)) return say("violated", exchange);
  const links = new Set(reply?.body.match(/\/(?:web|odoo)\?db=[^"'&]+/g)).size;
  if (links > 0) return say("violated", exchange, `a page with links to ${links} databases`);
  const judged = unreached(exchange, home);
  return judged.verdict === "violated" ? say("holds", exchange, "it lists nothing") : judged;
};

const listProbe: Probe = {
  id: "manager.list",
  title: "The database manager lists no databases",
  severity: "critical",
  why: "the list of databases is the list of your customers, and each name on it is a login form",
  fix: fixes.doors,
  asks: (to) => [postJson(to, "/web/database/list", { jsonrpc: "2.0", params: {} }), get(to, MANAGER)],
  judge: each(listsNothing),
};

/** A request at a door that does nothing there: the arguments are missing. */
function knock(to: Target, path: string, method: "any" | "POST"): readonly Ask[] {
  const bare = path.replace("*", "");
  return [bare, `/fr${bare}`].map((target) => (method === "POST" ? ask(to, "POST", target) : get(to, target)));
}

const closed = doors.filter(({ action, path }) => action === "deny" && path !== "/web/database");

const doorProbes = closed
  .filter((door) => door.class === "database")
  .map(
    ({ path, methods }): Probe => ({
      id: `door.${path.slice(1).replaceAll("/", "-")}`,
      title: `${path} is closed`,
      severity: "medium",
      why: "this endpoint opens a database that its caller names, or replays requests behind the edge",
      fix: fixes.doors,
      asks: (to) => knock(to, path, methods),
      judge: each(unserved),
    }),
  );

const surfaceProbe: Probe = {
  id: "door.surface",
  title: "Test pages, profilers and device endpoints are closed",
  severity: "low",
  why: "they serve developers and point-of-sale boxes, need no login, and have had vulnerabilities of their own",
  fix: fixes.doors,
  asks: (to) =>
    closed.filter((door) => door.class === "surface").flatMap(({ path }) => get(to, path.replace("*", "proxy"))),
  judge: each(unserved),
};

export const doorFamily: readonly Probe[] = [listProbe, ...managerProbes, ...doorProbes, surfaceProbe];
