import t from "tap";
import { NAME_LENGTH_MAX, nameOf, sharedNames } from "../../src/gateway-api/names.ts";
import { answerName, type RouteAnswer, routeAnswers } from "../../src/gateway-api/sections/answers.ts";

/** Every suffix that a tenant's or a pool's object has. */
const suffixes = [
  "",
  "customer",
  "redirect",
  "redirect-2",
  "redirect-63",
  "hosts-2",
  "hosts-63",
  "guard",
  "guard-1",
  "rpc-12",
];
const long = "a".repeat(63);

t.test("names of ordinary tenants are readable", async (t) => {
  t.equal(nameOf("acme"), "acme");
  t.equal(nameOf("acme", "redirect-2"), "acme.redirect-2");
  t.equal(nameOf(long), long, "63 characters are a name");
});

t.test("a long name is cut, and told apart by a digest", async (t) => {
  t.equal(nameOf(long, "redirect"), `${"a".repeat(45)}.${"7d3e74a0"}.redirect`);
  t.equal(
    nameOf(`${"a".repeat(44)}-${"a".repeat(18)}`, "redirect").slice(0, 45),
    `${"a".repeat(44)}.`,
    "no hyphen before the dot",
  );
});

t.test("63 characters at most, of what Kubernetes takes, and each name once", async (t) => {
  const bases = [
    ...["a", "acme", "hostward", "customer", "redirect", "guard", "a-b", "catch-all", "rewrite-host", "ext-auth"],
    ...Array.from({ length: 63 }, (_, i) => "a".repeat(i + 1)).filter((base) => base !== "a"),
    ...Array.from({ length: 62 }, (_, i) => `${"b".repeat(i)}-${"b".repeat(62 - i)}`.replace(/^-|-$/g, "c")),
    ...Array.from({ length: 26 }, (_, i) => `${"d".repeat(62)}${String.fromCharCode(97 + i)}`),
  ];
  const names = bases.flatMap((base) => suffixes.map((suffix) => nameOf(base, suffix)));
  t.same(
    names.filter((name) => name.length > NAME_LENGTH_MAX),
    [],
  );
  const grammar = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
  t.same(
    names.filter((name) => !grammar.test(name)),
    [],
    "RFC 1123 subdomains",
  );
  t.equal(new Set(names).size, new Set(bases).size * suffixes.length, "no two are the same");
});

t.test("a tenant cannot take the name of a shared object", async (t) => {
  const answers = (Object.keys(routeAnswers) as RouteAnswer[]).flatMap((name) => [
    answerName(name, "text"),
    answerName(name, "json"),
  ]);
  const { envoyProxy, clientTraffic, backendTraffic, ...others } = sharedNames;
  const filters = [...Object.values(others), ...answers];
  t.equal(new Set(filters).size, filters.length, "shared objects have names of their own");
  // A catalog's names have no dot; those objects without one are of kinds that no tenant and no tier has.
  t.same([envoyProxy, clientTraffic, backendTraffic], ["hostward", "hostward", "hostward"]);
  t.same(
    filters.filter((name) => !name.startsWith("hostward.")),
    [],
  );
  const ofHostward = suffixes.map((suffix) => nameOf("hostward", suffix));
  t.same(
    filters.filter((name) => ofHostward.includes(name)),
    [],
  );
});
