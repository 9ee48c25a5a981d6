import t from "tap";
import { CEL_LENGTH_MAX, queryRefusals, upgradeRefusals } from "../../src/gateway-api/cel.ts";
import { PATH_VALUE_LENGTH_MAX } from "../../src/gateway-api/path-patterns.ts";
import { CEL_REGEX_SIZE_MAX } from "../../src/gateway-api/regex.ts";
import { type RouteRule, routeRules } from "../../src/gateway-api/route-rules.ts";
import { ownOrigins } from "../../src/gateway-api/sections/security-policy.ts";
import { surfacePaths } from "../../src/policy/doors.ts";

/** What the Gateway API and Envoy take, and how far from it we are: growth changes a number here. */
const majors = [13, 14, 15, 16, 17, 18, 19] as const;

function everyRoute(): RouteRule[][] {
  return majors.flatMap((odooMajor) =>
    (["bound", "off"] as const).flatMap((rpc) =>
      (["Active", "Maintenance", "Suspended"] as const).flatMap((state) =>
        (["Deny", "Sidecar", "ExtAuth", "None"] as const).flatMap((guard) =>
          [[], ...surfacePaths.map((path) => [path]), [...surfacePaths]].map((surfaceOpen) =>
            routeRules({ odooMajor, rpc, state, guard, surfaceOpen }),
          ),
        ),
      ),
    ),
  );
}

const largest = (numbers: readonly number[]): number => numbers.reduce((most, number) => Math.max(most, number), 0);

t.test("rules of a route (Gateway API: HTTPRouteSpec)", async (t) => {
  const routes = everyRoute();
  t.equal(routes.length, 7 * 2 * 3 * 4 * (surfacePaths.length + 2));
  const matches = routes.flatMap((rules) => rules.flatMap((rule) => rule.matches));
  const found = {
    rules: largest(routes.map((rules) => rules.length)),
    matches: largest(routes.map((rules) => rules.flatMap((rule) => rule.matches).length)),
    matchesOfRule: largest(routes.flatMap((rules) => rules.map((rule) => rule.matches.length))),
    pathLength: largest(matches.map(({ path }) => path.value.length)),
    headerLength: largest(matches.map(({ header }) => header?.pattern.length ?? 0)),
  };
  t.same(found, { rules: 12, matches: 14, matchesOfRule: 2, pathLength: 858, headerLength: 114 });
  t.ok(found.rules <= 16, "rules");
  t.ok(found.matches <= 128 && found.matchesOfRule <= 64, "matches");
  t.ok(found.pathLength <= PATH_VALUE_LENGTH_MAX && found.headerLength <= 4096, "values");
});

t.test("rules of a route have names of their own, and one takes what is left", async (t) => {
  const routes = everyRoute();
  const doubled = routes.filter((rules) => new Set(rules.map(({ name }) => name)).size < rules.length);
  t.same(doubled, []);
  const open = routes.filter((rules) => {
    const last = rules.at(-1)!.matches;
    return !last.some(({ path, method, header }) => path.value === "/" && method === undefined && header === undefined);
  });
  t.same(open, []);
});

t.test("expressions of a tenant (Envoy Gateway: CELExpression; Envoy: RE2 program size)", async (t) => {
  const hostname = "a-company-with-a-long-name.planapulse.app";
  const aliases = Array.from({ length: 5 }, (_, i) => ({ hostname: `shop-${i}.a-company-with-a-long-name.example` }));
  const facts = {
    database: hostname,
    formerDatabases: ["a_company", "a-company-with-a-long-name.example"],
    guardExempt: [
      { path: "/contact/quotation-request", names: ["db"] },
      { path: "/my/forms/database-survey.html", names: ["db", "database"] },
    ],
    origins: ownOrigins(8443, { hostname, aliases, origins: ["https://shop.example"] }),
    judgesQueries: true,
  };
  const refusalsOf = (all: Parameters<typeof queryRefusals>[0]) => [...upgradeRefusals(all), ...queryRefusals(all)];
  const sizes = new Map<string, { celLength: number; regexSize: number }>();
  for (const { name, cel, regexSizeMax } of majors.flatMap((odooMajor) => refusalsOf({ ...facts, odooMajor }))) {
    const { celLength, regexSize } = sizes.get(name) ?? { celLength: 0, regexSize: 0 };
    sizes.set(name, { celLength: Math.max(celLength, cel.length), regexSize: Math.max(regexSize, regexSizeMax) });
  }
  t.same(Object.fromEntries(sizes), {
    origin: { celLength: 974, regexSize: 0 },
    "second-session": { celLength: 171, regexSize: 65 },
    "query-key": { celLength: 354, regexSize: 97 },
    "query-database": { celLength: 1820, regexSize: 53 },
    "query-dbname": { celLength: 1265, regexSize: 73 },
  });
  const all = [...sizes.values()];
  t.ok(largest(all.map(({ celLength }) => celLength)) <= CEL_LENGTH_MAX);
  t.ok(largest(all.map(({ regexSize }) => regexSize)) <= CEL_REGEX_SIZE_MAX);
});
