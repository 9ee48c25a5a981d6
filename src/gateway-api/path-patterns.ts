/**
 * The rules of `policy/rules.ts` and the doors of `policy/doors.ts` as regular expressions over a whole path (RE2),
 * for HTTPRoute matches.
 *
 * Envoy hands on canonical paths with their inner runs of slashes; the edge judges them merged. So a slash here is a
 * run of slashes, and each path may stand behind one further segment, which Odoo may take for a language. A leading
 * `//NAME/`, which old Werkzeug drops as an authority, is such a segment.
 */
import { type Door, doors } from "../policy/doors.ts";
import { JSON_PATH, loginPaths, staticPaths } from "../policy/rules.ts";
import { escapeText, segmentBut } from "./regex.ts";

/** Longest value of an HTTPRoute path match (Gateway API: HTTPPathMatch). */
export const PATH_VALUE_LENGTH_MAX = 1024;

/** Paths at or under any of `paths`; a trailing `*` stands for the rest of the last segment. */
export function underAny(paths: readonly string[]): string {
  return `/+(?:[^/]+/+)?(?:${paths.map(pathSource).join("|")})(?:/.*)?`;
}

/** `/web/database` → `web/+database`. */
function pathSource(path: string): string {
  const source = path.slice(1).split("/").map(escapeText).join("/+");
  return source.endsWith("\\*") ? `${source.slice(0, -2)}[^/]*` : source;
}

/** What decides which doors of the table are open. */
export interface DoorFacts {
  readonly odooMajor: number;
  readonly surfaceOpen: readonly string[];
}

/** Doors that are closed whatever a request says. */
export function closedDoors({ odooMajor, surfaceOpen }: DoorFacts): Door[] {
  return doorsOf(odooMajor).filter((door) => door.action === "deny" && !surfaceOpen.includes(door.path));
}

/** Doors of an Odoo major that carry a database in one of `places`. */
export function doorsAt(odooMajor: number, places: readonly Door["place"][]): Door[] {
  return doorsOf(odooMajor).filter((door) => places.includes(door.place));
}

/** Doors that are open, to requests that name the tenant's own database. */
export function boundDoors(odooMajor: number): Door[] {
  return doorsOf(odooMajor).filter((door) => door.action === "bind");
}

function doorsOf(odooMajor: number): Door[] {
  return doors.filter(({ odoo: [first, last] }) => odooMajor >= first && odooMajor <= last);
}

/**
 * Paths that stand at two open doors at once, read with and without their first segment (`/jsonrpc/xmlrpc`): neither can
 * be judged for both, so both edges refuse them. Empty when there are none.
 */
export function betweenDoors(open: readonly Door[]): string {
  const paths = open.flatMap((whole) =>
    open.filter((behind) => behind !== whole).flatMap((behind) => joined(whole.path, behind.path)),
  );
  const byFirst = Map.groupBy(paths, (path) => path.slice(0, path.indexOf("/", 1)));
  const sources = Array.from(byFirst, ([first, under]) => {
    const rests = under.map((path) => pathSource(path.slice(first.length)));
    return `${pathSource(first)}/+(?:${rests.join("|")})`;
  });
  return sources.length === 0 ? "" : `/+(?:${sources.join("|")})(?:/.*)?`;
}

/** The shortest path that lies under `whole` and, without its first segment, under `behind`; none where they part. */
function joined(whole: string, behind: string): string[] {
  const [, first = "", ...rest] = whole.split("/");
  const tail = behind.slice(1).split("/");
  const common = Math.min(rest.length, tail.length);
  const agree = rest.slice(0, common).every((segment, i) => segment === tail[i]);
  return agree ? [`/${[first, ...(rest.length > tail.length ? rest : tail)].join("/")}`] : [];
}

/** A POST here tries a password. */
export const loginPattern = underAny(loginPaths);

/**
 * Odoo's JSON endpoints that take their database from the Host, unless the path stands at one of `doors`, too, read with or
 * without its first segment: those come first, whatever the method.
 */
export function jsonPattern(doors: readonly Door[]): string {
  const other = segmentBut(doors.map((door) => door.path.slice(1)));
  const json = JSON_PATH.slice(1);
  return `/+(?:${json}(?:/+(?:${other}(?:/.*)?)?)?|${other}/+${json}(?:/.*)?)`;
}

/** Images, asset bundles, and every module's `static` folder. */
export const staticPattern = `/+(?:[^/]+/+)?(?:${staticPaths.map(pathSource).join("|")}|[^/]+/+static)(?:/.*)?`;

/**
 * Paths that the edge refuses: with an escaped control character (an old Werkzeug takes `/jsonrpc%0a` for `/jsonrpc`), or
 * with a `%` that begins no escape. And dots with parameters, which Envoy leaves only where they were escaped: it takes
 * parameters away before it decodes, so `/x/%2E%2E;/web/database` would reach a worker as `/x/..;/web/database`.
 */
export const malformedPattern =
  ".*(?:%(?:(?:[01][0-9A-Fa-f]|7[Ff]).*|[^0-9A-Fa-f].*|[0-9A-Fa-f][^0-9A-Fa-f].*|[0-9A-Fa-f]?)|/[.][.]?;.*)";
