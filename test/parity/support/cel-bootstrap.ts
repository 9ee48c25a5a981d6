import type { Bootstrap } from "./bootstrap.ts";

const types = "type.googleapis.com/";

/** An Envoy whose only listener compiles these expressions, as Envoy Gateway hands over a `request.query.matches(...)`. */
export function celBootstrap(expressions: readonly string[]): Bootstrap {
  const rbac = {
    "@type": `${types}envoy.extensions.filters.http.rbac.v3.RBAC`,
    matcher: { matcherList: { matchers: expressions.map(matcher) } },
  };
  const manager = {
    "@type": `${types}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    statPrefix: "cel",
    routeConfig: { name: "none", virtualHosts: [] },
    httpFilters: [
      { name: "envoy.filters.http.rbac", typedConfig: rbac },
      {
        name: "envoy.filters.http.router",
        typedConfig: { "@type": `${types}envoy.extensions.filters.http.router.v3.Router` },
      },
    ],
  };
  const listener = {
    name: "cel",
    address: { socketAddress: { address: "127.0.0.1", portValue: 1 } },
    filterChains: [{ filters: [{ name: "http", typedConfig: manager }] }],
  };
  return { staticResources: { listeners: [listener], clusters: [] } } as unknown as Bootstrap;
}

/** `request.query.matches(expression)` as a parsed CEL expression, which denies. */
function matcher(expression: string) {
  const query = { id: "2", selectExpr: { operand: { id: "1", identExpr: { name: "request" } }, field: "query" } };
  const call = { function: "matches", target: query, args: [{ id: "4", constExpr: { stringValue: expression } }] };
  return {
    predicate: {
      singlePredicate: {
        input: { name: "cel", typedConfig: { "@type": `${types}xds.type.matcher.v3.HttpAttributesCelMatchInput` } },
        customMatch: {
          name: "cel",
          typedConfig: {
            "@type": `${types}xds.type.matcher.v3.CelMatcher`,
            exprMatch: { celExprParsed: { expr: { id: "3", callExpr: call }, sourceInfo: {} } },
          },
        },
      },
    },
    onMatch: {
      action: {
        name: "deny",
        typedConfig: { "@type": `${types}envoy.config.rbac.v3.Action`, name: "deny", action: "DENY" },
      },
    },
  };
}
