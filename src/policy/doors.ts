/**
 * The doors: every place where a request could name or list databases, and the surface that a tier may open.
 *
 * This is the one table of them. The deny rule, the binding guard, `explain`, `verify`, the emitted routes and the
 * docs all read it. Hot: `findDoor` runs twice per request; an ordinary path costs one lookup by its first segment.
 */
import { unitAt } from "../core/unit-at.ts";

/** Where a door's request carries the name of a database. */
export type NamePlace = "none" | "query" | "state" | "json" | "json-rpc" | "xml-rpc";

/** One door. A trailing `*` in `path` stands for the rest of the first segment; whatever lies under a path is meant too. */
export interface Door {
  readonly path: string;
  /** First and last Odoo major that has it; `Infinity`: until further notice. */
  readonly odoo: readonly [first: number, last: number];
  /** Methods that Odoo serves there. */
  readonly methods: "any" | "POST";
  readonly place: NamePlace;
  /** Names of query and form fields that carry a database here, beyond those judged on every path. */
  readonly keys: readonly string[];
  /** `deny`: never forwarded while closed; `bind`: forwarded when it names the tenant's own database or none. */
  readonly action: "deny" | "bind";
  /** A database door never opens; a surface path opens when a tier says so. */
  readonly class: "database" | "surface";
}

const ALWAYS = [13, Number.POSITIVE_INFINITY] as const;
const NO_KEYS: readonly string[] = Object.freeze([]);

function denied(path: string, methods: Door["methods"] = "any"): Door {
  return { path, odoo: ALWAYS, methods, place: "none", keys: NO_KEYS, action: "deny", class: "database" };
}

function bound(path: string, place: NamePlace, more: Partial<Door> = {}): Door {
  return { path, odoo: ALWAYS, methods: "any", place, keys: NO_KEYS, action: "bind", class: "database", ...more };
}

function surface(path: string): Door {
  return { path, odoo: ALWAYS, methods: "any", place: "none", keys: NO_KEYS, action: "deny", class: "surface" };
}

/**
 * All doors. A range is `ALWAYS` also where only some versions are known to answer, as a module may bring an endpoint
 * back and a closed door that leads nowhere harms nobody; it ends only where another rule keeps the door later on
 * (`state` is judged on every path).
 */
export const doors: readonly Door[] = Object.freeze(
  [
    denied("/web/database"),
    denied("/web/proxy/post"),
    denied("/web/filestore"),
    denied("/queue_job"),
    denied("/base_import_module/login_upload", "POST"),
    denied("/kpi/summary", "POST"),
    bound("/jsonrpc", "json-rpc", { methods: "POST" }),
    bound("/xmlrpc", "xml-rpc", { methods: "POST" }),
    bound("/web/session/authenticate", "json"),
    bound("/web/binary/company_logo", "query", { keys: ["dbname"] }),
    bound("/logo", "query", { keys: ["dbname"] }),
    bound("/logo.png", "query", { keys: ["dbname"] }),
    bound("/google_account/authentication", "state", { odoo: [13, 15] }),
    bound("/microsoft_account/authentication", "state", { odoo: [13, 15] }),
    surface("/hw_*"),
    surface("/iot_*"),
    surface("/web/tests"),
    surface("/web/benchmarks"),
    surface("/web/set_profiling"),
    surface("/web/speedscope"),
    surface("/web/profile_config"),
  ].map((door) => Object.freeze(door)),
);

/** The paths that a tier may open, as written in the table. */
export const surfacePaths: readonly string[] = Object.freeze(
  doors.filter((door) => door.class === "surface").map((door) => door.path),
);

/** The door at or above one judged path (canonical, slashes merged), or null: whole segments, case counts. */
export function findDoor(path: string, odooMajor: number): Door | null {
  if (path.length < 2 || beginsDoor[unitAt(path, 1)] !== 1) return null;
  const firstEnd = segmentEnd(path, 1);
  const first = path.slice(1, firstEnd);
  const bySecond = doorsByFirst.get(first);
  if (bySecond === undefined) return findByPrefix(first, odooMajor);
  const secondEnd = segmentEnd(path, firstEnd + 1);
  const door = bySecond.get(path.slice(firstEnd + 1, secondEnd)) ?? bySecond.get("");
  return door !== undefined && isUnder(path, door.path) && serves(door, odooMajor) ? door : null;
}

/** Whether `path` is `parent` or lies under it, by whole segments. */
export function isUnder(path: string, parent: string): boolean {
  return path.startsWith(parent) && (path.length === parent.length || unitAt(path, parent.length) === SLASH);
}

const SLASH = 47;

function segmentEnd(path: string, from: number): number {
  const end = path.indexOf("/", from);
  return end < 0 ? path.length : end;
}

function serves(door: Door, odooMajor: number): boolean {
  return odooMajor >= door.odoo[0] && odooMajor <= door.odoo[1];
}

/** 1 for each character that the path of a door begins with behind its slash: most paths need no further look. */
const beginsDoor = new Uint8Array(128);
for (const { path } of doors) beginsDoor[unitAt(path, 1)] = 1;

const prefixDoors = doors.filter((door) => door.path.endsWith("*"));

/** First segment, then second (empty: the door is the first segment alone). */
const doorsByFirst = new Map<string, Map<string, Door>>();
for (const door of doors) {
  if (door.path.endsWith("*")) continue;
  const [, first = "", second = ""] = door.path.split("/");
  const bySecond = doorsByFirst.get(first) ?? new Map<string, Door>();
  if (bySecond.has(second)) throw new Error(`two doors share their first two segments: ${door.path}`);
  doorsByFirst.set(first, bySecond.set(second, door));
}

function findByPrefix(first: string, odooMajor: number): Door | null {
  for (const door of prefixDoors) {
    if (first.startsWith(door.path.slice(1, -1)) && serves(door, odooMajor)) return door;
  }
  return null;
}
