import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import { formatDurationMs } from "../../core/units.ts";
import type { GatewayFacts, TenantFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { objectMeta, tenantMeta } from "../metadata.ts";
import { nameOf, sharedNames } from "../names.ts";
import { JSON_TYPE, type RouteRule, type RuleMatch } from "../route-rules.ts";
import { answerName } from "./answers.ts";

type Rule = NonNullable<NonNullable<IHTTPRoute["spec"]>["rules"]>[number];
type Match = NonNullable<Rule["matches"]>[number];
type Filter = NonNullable<Rule["filters"]>[number];

/** Hostnames that one HTTPRoute can have (Gateway API: HTTPRouteSpec). */
const HOSTNAMES_MAX = 16;

const ROUTE_API = "gateway.networking.k8s.io/v1";

/** The address of the client, as Envoy believes it, without a port. */
const CLIENT = "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%";

/** A tenant's HTTPRoutes: its own hostname and Rewrite aliases, then Redirect aliases; 16 hostnames in each. */
export function tenantRoutes(facts: GatewayFacts, of: TenantFacts): Manifest[] {
  const rules = tenantRules(facts, of);
  return [
    ...servedRoutes(of).map(({ name, hostnames }) => route(facts, of, name, hostnames, rules)),
    ...redirectRoutes(of).map(({ name, hostnames }) => route(facts, of, name, hostnames, [redirectRule(facts, of)])),
  ];
}

/** A route of a tenant: its name, and the hostnames that it is for. */
export interface TenantRoute {
  readonly name: string;
  readonly hostnames: readonly string[];
}

/** The routes that lead to the tenant's workers. */
export function servedRoutes({ tenant }: TenantFacts): TenantRoute[] {
  const rewritten = tenant.aliases.filter(({ mode }) => mode === "Rewrite").map(({ hostname }) => hostname);
  return inRoutes([tenant.hostname, ...rewritten], tenant.name, "hosts");
}

/** The routes that lead to the tenant's hostname. */
export function redirectRoutes({ tenant }: TenantFacts): TenantRoute[] {
  const redirected = tenant.aliases.filter(({ mode }) => mode === "Redirect").map(({ hostname }) => hostname);
  return inRoutes(redirected, tenant.name, "redirect");
}

/** The first route of the tenant's own hostnames has the tenant's name alone. */
function inRoutes(hostnames: readonly string[], tenant: string, word: "hosts" | "redirect"): TenantRoute[] {
  const count = Math.ceil(hostnames.length / HOSTNAMES_MAX);
  return Array.from({ length: count }, (_, i) => ({
    name: word === "hosts" && i === 0 ? nameOf(tenant) : nameOf(tenant, i === 0 ? word : `${word}-${i + 1}`),
    hostnames: hostnames.slice(i * HOSTNAMES_MAX, (i + 1) * HOSTNAMES_MAX),
  }));
}

function route(
  facts: GatewayFacts,
  { tenant, tier, part }: TenantFacts,
  name: string,
  hostnames: readonly string[],
  rules: readonly Rule[],
): Manifest {
  return {
    apiVersion: ROUTE_API,
    kind: "HTTPRoute",
    metadata: tenantMeta(facts, name, tenant.name, tier.name, part),
    spec: { parentRefs: [parentRef(facts)], hostnames, rules },
  };
}

function parentRef({ gateway, listener }: GatewayFacts) {
  const { name, namespace } = gateway;
  return { group: "gateway.networking.k8s.io", kind: "Gateway", namespace, name, sectionName: listener.name };
}

function tenantRules(facts: GatewayFacts, of: TenantFacts): Rule[] {
  const passing = forwardFilters(facts, of.tenant.hostname + facts.portSuffix);
  return of.rules.map((rule) => ("answer" in rule.action ? answering(rule) : forwarding(facts, of, rule, passing)));
}

/** Rules that many tenants share, made and printed once. */
const answeringRules = new WeakMap<RouteRule, Rule>();

function answering(rule: RouteRule): Rule {
  const { name, action } = rule;
  if (!("answer" in action)) throw new Error(`rule ${name} forwards`);
  const filters = [extension(answerName(action.answer, action.form))];
  const made = answeringRules.get(rule) ?? Object.freeze({ name, matches: matchesOf(rule), filters });
  answeringRules.set(rule, made);
  return made;
}

const matchLists = new WeakMap<RouteRule, Match[]>();

function matchesOf(rule: RouteRule): Match[] {
  const made = matchLists.get(rule) ?? rule.matches.map(matchOf);
  Object.freeze(made);
  matchLists.set(rule, made);
  return made;
}

function forwarding(facts: GatewayFacts, of: TenantFacts, rule: RouteRule, filters: Filter[]): Rule {
  const { name, action } = rule;
  const port = "forward" in action && action.forward === "realtime" ? "realtimePort" : "httpPort";
  const { pool, tier } = of;
  return {
    name,
    matches: matchesOf(rule),
    filters,
    backendRefs: [
      {
        group: "",
        kind: "Service",
        name: pool.service.name,
        namespace: pool.namespace,
        port: facts.guard === "Sidecar" ? pool.service.guardPort : pool.service[port],
        weight: 1,
      },
    ],
    timeouts: { request: formatDurationMs(tier.requestTimeoutMs) },
  };
}

/**
 * What a forwarded request says of who asks and for what, set last and single-valued. Host comes from the field that was
 * just set: a literal rewrite has no port, and would make Envoy append the client's own Host to X-Forwarded-Host.
 */
function forwardFilters({ guard }: GatewayFacts, authority: string): Filter[] {
  return [
    {
      type: "RequestHeaderModifier",
      requestHeaderModifier: {
        set: [
          { name: "X-Forwarded-Host", value: authority },
          { name: "X-Forwarded-For", value: CLIENT },
          { name: "X-Real-IP", value: CLIENT },
        ],
        // Envoy adds the first. Of the second `identity` is all that is left, unless the guard is still to see it.
        remove: ["X-Envoy-External-Address", ...(guard === "Sidecar" ? [] : ["Content-Encoding"])],
      },
    },
    extension(sharedNames.forward),
  ];
}

function extension(name: string): Filter {
  return { type: "ExtensionRef", extensionRef: { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name } };
}

function matchOf({ path, method, header }: RuleMatch): Match {
  return {
    path,
    ...(header === undefined
      ? {}
      : { headers: [{ name: header.name, type: "RegularExpression", value: header.pattern }] }),
    ...(method === undefined ? {} : { method }),
  };
}

/** An alias leads to the tenant's hostname, whatever is asked, with path and query as they came. */
function redirectRule({ scheme, externalPort }: GatewayFacts, { tenant }: TenantFacts): Rule {
  return {
    name: "redirect",
    matches: [{ path: { type: "PathPrefix", value: "/" } }],
    filters: [
      {
        type: "RequestRedirect",
        requestRedirect: { scheme, hostname: tenant.hostname, port: externalPort, statusCode: 308 },
      },
    ],
  };
}

/** What answers a host without a tenant; it has no backend, so no Host that matches nothing can reach a worker. */
export function catchAllRoute(facts: GatewayFacts): Manifest {
  const json: RuleMatch = {
    path: { type: "PathPrefix", value: "/" },
    header: { name: "Content-Type", pattern: JSON_TYPE },
  };
  const text: RuleMatch = { path: { type: "PathPrefix", value: "/" } };
  return {
    apiVersion: ROUTE_API,
    kind: "HTTPRoute",
    metadata: objectMeta(facts, sharedNames.catchAll),
    spec: {
      parentRefs: [parentRef(facts)],
      rules: [
        answering({ name: "unknown-json", matches: [json], action: { answer: "unknown_host", form: "json" } }),
        answering({ name: "unknown", matches: [text], action: { answer: "unknown_host", form: "text" } }),
      ],
    },
  };
}
