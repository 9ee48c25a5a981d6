import type { AnswerCode } from "../core/answers.ts";
import { type Door, doors, findDoor, isUnder } from "./doors.ts";
import { withoutFirstSegment } from "./path.ts";
import { goesToRealtime } from "./realtime.ts";

/** The parts of a tenant's traffic that limits and logs name, in the order in which they are tried. */
export const ruleNames = ["deny", "rpc", "login", "realtime", "static", "app"] as const;
export type RuleName = (typeof ruleNames)[number];

/** Rules that can carry a rate limit. */
export type LimitedRule = Exclude<RuleName, "deny">;

/** Rules whose requests hold a worker, and wait for one. */
export type QueuedRule = Exclude<LimitedRule, "realtime">;

/** What of a request decides its rule. */
export interface RouteFacts {
  readonly method: string;
  /** Canonical, inner runs of slashes as sent. */
  readonly path: string;
  /** The same with its slashes merged. */
  readonly judged: string;
  /** Whether it asks for a WebSocket. */
  readonly upgrade: boolean;
}

/** What of a tenant decides the rule of its requests. */
export interface RouteTenant {
  readonly odooMajor: number;
  /** Surface paths that its tier opens, as written in the table of doors. */
  readonly surfaceOpen: ReadonlySet<string>;
}

/** The rule of a request, the door it stands at, and the answer when the rule itself refuses. Shared and frozen. */
export interface Classification {
  readonly rule: RuleName;
  readonly door: Door | null;
  readonly code: AnswerCode | "";
}

/** Where a POST tries a password; the emitted routes match the same. */
export const loginPaths: readonly string[] = [
  "/web/login",
  "/web/session/authenticate",
  "/web/reset_password",
  "/web/signup",
];
/** Images and asset bundles, beside every module's `static` folder. */
export const staticPaths: readonly string[] = ["/web/image", "/web/assets"];
/** The endpoints of Odoo 18 and 19 that take their database from the Host: under the tier's `rpc`, but no door. */
export const JSON_PATH = "/json";

/**
 * The rule of one request, on its judged path and on that minus its first segment, which Odoo may take for a language
 * (a tenant chooses its codes freely). Hot: once per request; allocates nothing but at most one slice.
 */
export function classify(request: RouteFacts, tenant: RouteTenant): Classification {
  const judged = request.judged;
  const stripped = withoutFirstSegment(judged);
  const whole = doorAt(judged, tenant);
  const behind = doorAt(stripped, tenant);
  if (whole?.action === "deny") return find("deny", whole);
  if (behind?.action === "deny") return find("deny", behind);
  // Two readings at two doors: neither can be judged for both.
  if (whole !== null && behind !== null && whole !== behind) return find("deny", whole);
  const door = whole ?? behind;
  if (isRpc(door)) return request.method === "POST" ? find("rpc", door) : find("refusedRpc", door);
  if (isUnder(judged, JSON_PATH) || isUnder(stripped, JSON_PATH)) return find("rpc", door);
  if (request.method === "POST" && (isLogin(judged) || isLogin(stripped))) return find("login", door);
  if (goesToRealtime(request.path, request.upgrade, tenant.odooMajor)) return find("realtime", door);
  const reads = request.method === "GET" || request.method === "HEAD";
  if (reads && (isStatic(judged) || isStatic(stripped))) return find("static", door);
  return find("app", door);
}

/** The door at `path`, unless it is one that the tenant's tier opens. */
function doorAt(path: string, tenant: RouteTenant): Door | null {
  const door = findDoor(path, tenant.odooMajor);
  return door?.class === "surface" && tenant.surfaceOpen.has(door.path) ? null : door;
}

function isRpc(door: Door | null): boolean {
  return door !== null && (door.place === "json-rpc" || door.place === "xml-rpc");
}

/** Whether `path`, judged as it is, is one where a POST tries a password. */
export function isLogin(path: string): boolean {
  if (!path.startsWith("/web/")) return false;
  for (const login of loginPaths) if (isUnder(path, login)) return true;
  return false;
}

/** One of `staticPaths`, or `/MODULE/static`. */
function isStatic(path: string): boolean {
  for (const folder of staticPaths) if (isUnder(path, folder)) return true;
  const slash = path.indexOf("/", 1);
  if (slash < 0 || !path.startsWith("/static", slash)) return false;
  const end = slash + "/static".length;
  return end === path.length || path[end] === "/";
}

/** Every classification there can be, so that a request only looks one up. */
type Outcomes = Readonly<Record<RuleName | "refusedRpc", Classification>>;

const outcomesByDoor = new Map<Door | null, Outcomes>(
  [null, ...doors].map((door) => {
    const make = (rule: RuleName, code: AnswerCode | ""): Classification => Object.freeze({ rule, door, code });
    return [
      door,
      {
        deny: make("deny", "door_closed"),
        rpc: make("rpc", ""),
        refusedRpc: make("rpc", "method_refused"),
        login: make("login", ""),
        realtime: make("realtime", ""),
        static: make("static", ""),
        app: make("app", ""),
      },
    ];
  }),
);

function find(rule: keyof Outcomes, door: Door | null): Classification {
  return outcomesByDoor.get(door)![rule];
}
