import fc from "fast-check";
import t from "tap";
import { type RouteRule, type RuleFacts, type RuleMatch, routeRules } from "../../src/gateway-api/route-rules.ts";
import { doors, findDoor, surfacePaths } from "../../src/policy/doors.ts";
import { outcomeOf } from "../../src/policy/outcome.ts";
import { canonicalPath, mergeSlashes, withoutFirstSegment } from "../../src/policy/path.ts";
import { isWebSocketUpgrade } from "../../src/policy/realtime.ts";
import { classify } from "../../src/policy/rules.ts";
import { pathCases } from "../support/corpora.ts";
import { routedPath, trickyPath } from "../support/generated-paths.ts";

/** The emitted rules, evaluated as Envoy does, hold every request to the decision of the edge. */
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`seed ${seed}: repeat with SEED=${seed}`);

interface Request {
  readonly method: string;
  /** Canonical. */
  readonly path: string;
  readonly contentType: string;
  /** The Upgrade field; empty without. */
  readonly upgrade: string;
  /** The Content-Encoding field; absent without. */
  readonly coding?: string;
}

/** Expressions of the routes as JavaScript reads them: RE2's are the whole value, and `(?i)` stands in front. */
const compiled = new Map<string, RegExp>();

function matchesWhole(source: string, value: string): boolean {
  const folded = source.startsWith("(?i)");
  const made = compiled.get(source) ?? new RegExp(`^(?:${source.replace("(?i)", "")})$`, folded ? "iu" : "u");
  compiled.set(source, made);
  return made.test(value);
}

function holds({ path, method, header }: RuleMatch, request: Request): boolean {
  if (method !== undefined && method !== request.method) return false;
  const fields: Record<string, string> = {
    Upgrade: request.upgrade,
    "Content-Type": request.contentType,
    "Content-Encoding": request.coding ?? "",
  };
  const field = fields[header?.name ?? ""] ?? "";
  if (header !== undefined && (field === "" || !matchesWhole(header.pattern, field))) return false;
  if (path.type === "Exact") return request.path === path.value;
  return path.type === "PathPrefix" ? request.path.startsWith(path.value) : matchesWhole(path.value, request.path);
}

/** What a rule does, in the words of `decisionOf`. */
function effectOf({ name, action }: RouteRule): string {
  if ("answer" in action) return `${action.answer} ${action.form}`;
  // A poll is the realtime rule of the Odoos that have no sockets.
  return `${name === "poll" ? "realtime" : name} to ${action.forward}`;
}

/** Doors that stay closed in production, as nobody judges there what they are for. */
function closedFor({ guard, odooMajor }: RuleFacts): ReadonlySet<string> {
  const places = { Deny: ["state", "json", "json-rpc", "xml-rpc"], None: ["state"], Sidecar: [], ExtAuth: [] }[guard];
  const closed = doors.filter(({ place, odoo }) => (places as string[]).includes(place) && odoo[1] >= odooMajor);
  return new Set(closed.map(({ path }) => path));
}

/** What the edge decides, and production with it. */
function decisionOf(facts: RuleFacts, request: Request): string {
  const { method, path, contentType } = request;
  const judged = mergeSlashes(path);
  const upgrade = isWebSocketUpgrade(method, request.upgrade !== "", request.upgrade);
  const tenant = { odooMajor: facts.odooMajor, surfaceOpen: new Set(facts.surfaceOpen) };
  const found = classify({ method, path, judged, upgrade }, tenant);
  const readings = [judged, withoutFirstSegment(judged)].map((reading) => findDoor(reading, facts.odooMajor));
  const closed = closedFor(facts);
  const closedHere = facts.state === "Active" && readings.some((door) => door !== null && closed.has(door.path));
  const answer = closedHere ? "door_closed" : outcomeOf(facts, false, found);
  // In production HEAD is not told apart from the rest: it costs a worker no less.
  if (answer === "" && found.rule === "static" && method === "HEAD") return "app to http";
  if (answer === "") return `${found.rule} to ${found.rule === "realtime" ? "realtime" : "http"}`;
  return `${answer} ${answer !== "method_refused" && /json/i.test(contentType) ? "json" : "text"}`;
}

function faultOf(facts: RuleFacts, request: Request): string {
  const rule = routeRules(facts).find(({ matches }) => matches.some((match) => holds(match, request)));
  const [found, wanted] = [rule === undefined ? "nothing" : effectOf(rule), decisionOf(facts, request)];
  return found === wanted ? "" : `${JSON.stringify({ facts, request })}: ${found}, not ${wanted}`;
}

const majors = [13, 14, 15, 16, 17, 18, 19] as const;
const guards = ["Deny", "Sidecar", "ExtAuth", "None"] as const;
const facts: fc.Arbitrary<RuleFacts> = fc.record({
  odooMajor: fc.constantFrom(...majors),
  surfaceOpen: fc.subarray([...surfacePaths]),
  rpc: fc.constantFrom("bound", "off"),
  state: fc.constantFrom("Active", "Active", "Active", "Active", "Maintenance", "Suspended"),
  guard: fc.constantFrom(...guards),
});
const methods = ["GET", "HEAD", "POST", "PUT", "OPTIONS", "PROPFIND"] as const;
const upgrades = ["", "websocket", "WebSocket", "h2c"] as const;
const types = ["", "text/html", "application/json", " Application/JSON-RPC ; charset=utf-8"] as const;
const exactPath = fc.constantFrom("/websocket", "/longpolling/poll", "/", "/web", "/websocket/", "//websocket");

t.test("generated paths", async (t) => {
  const seen = new Map<string, number>();
  const path = fc.oneof(trickyPath, routedPath, routedPath, exactPath);
  const request = fc.tuple(path, fc.constantFrom(...methods), fc.constantFrom(...upgrades), fc.constantFrom(...types));
  fc.assert(
    fc.property(facts, request, (of, [text, method, upgrade, contentType]) => {
      const canonical = canonicalPath(text);
      if (canonical === "") return;
      const asked = { method, path: canonical, contentType, upgrade };
      const decision = decisionOf(of, asked);
      seen.set(decision, (seen.get(decision) ?? 0) + 1);
      const fault = faultOf(of, asked);
      if (fault !== "") throw new Error(fault);
    }),
    { seed, numRuns: 40_000 },
  );
  const wanted = [
    "app to http",
    "door_closed json",
    "door_closed text",
    "login to http",
    "maintenance json",
    "maintenance text",
    "method_refused text",
    "realtime to realtime",
    "rpc to http",
    "rpc_off json",
    "rpc_off text",
    "static to http",
    "suspended json",
    "suspended text",
  ];
  t.same([...seen.keys()].sort(), wanted, "every decision occurred");
  t.ok(Math.min(...seen.values()) > 20, `each often enough: ${JSON.stringify(Object.fromEntries(seen))}`);
});

t.test("every path of the corpus, for every major and guard", async (t) => {
  const paths = pathCases.map(({ target }) => canonicalPath(target.split("?")[0]!)).filter((path) => path !== "");
  t.ok(paths.length > 100, `${paths.length} paths`);
  const faults = paths.flatMap((path) =>
    majors.flatMap((odooMajor) =>
      guards.flatMap((guard) =>
        (["GET", "POST"] as const).map((method) =>
          faultOf(
            { odooMajor, guard, surfaceOpen: [], rpc: "bound", state: "Active" },
            { method, path, contentType: "", upgrade: "" },
          ),
        ),
      ),
    ),
  );
  t.same(
    faults.filter((fault) => fault !== ""),
    [],
  );
});

t.test("what no path may hold is refused, and nothing else for its escapes", async (t) => {
  const printable = fc
    .array(
      fc.oneof(
        fc.constantFrom("%", "%%", "%0", "%0a", "%1F", "%7f", "%7F", "%80", "%a", "%g0", "%20", "%25"),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 6 },
    )
    .map((parts) => `/${parts.join("").replace(/[^!-~]|[\\#?]/g, "")}`);
  let refused = 0;
  const rules = routeRules({ odooMajor: 18, guard: "None", surfaceOpen: [], rpc: "bound", state: "Active" });
  const malformed = rules.find(({ name }) => name === "malformed");
  fc.assert(
    fc.property(printable, (path) => {
      const canonical = canonicalPath(path);
      if (canonical === "") refused++;
      const asked = { method: "GET", path: canonical === "" ? path : canonical, contentType: "", upgrade: "" };
      return malformed!.matches.some((match) => holds(match, asked)) === (canonical === "");
    }),
    { seed, numRuns: 20_000 },
  );
  t.ok(refused > 2000, `enough were refused: ${refused}`);
});

t.test("what a head says", async (t) => {
  const facts = { odooMajor: 18, surfaceOpen: [], rpc: "bound", state: "Active" } as const;
  const ruleOf = (guard: RuleFacts["guard"], asked: Partial<Request>) => {
    const request = { method: "GET", path: "/web", contentType: "", upgrade: "", ...asked };
    return routeRules({ ...facts, guard }).find(({ matches }) => matches.some((match) => holds(match, request)))?.name;
  };
  const rows: ReadonlyArray<readonly [rule: string, guard: RuleFacts["guard"], asked: Partial<Request>, name: string]> =
    [
      ["TRACE is answered", "Sidecar", { method: "TRACE" }, "trace"],
      ["a coded body is refused", "Deny", { coding: "gzip" }, "coded"],
      ["also behind none", "Deny", { coding: "identity, gzip" }, "coded"],
      ["none passes, in any case", "Deny", { coding: "Identity" }, "app"],
      ["a guard behind judges it", "Sidecar", { coding: "gzip" }, "app"],
      ["a closed door says so first", "Deny", { coding: "gzip", path: "/web/database" }, "deny"],
    ];
  for (const [rule, guard, asked, name] of rows) t.equal(ruleOf(guard, asked), name, rule);
});
