import type { GatewayFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { objectMeta } from "../metadata.ts";
import { sharedNames } from "../names.ts";

/**
 * The filter on every rule that forwards: Host becomes what the rule set as X-Forwarded-Host, and a leading run of slashes
 * one, as old Werkzeug would take what follows it for an authority.
 *
 * Without `appendXForwardedHost: false` Envoy adds the client's own Host behind that, and Odoo believes the last.
 */
export function forwardRewrite(facts: GatewayFacts): Manifest {
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "HTTPRouteFilter",
    metadata: objectMeta(facts, sharedNames.forward),
    spec: {
      urlRewrite: {
        hostname: { type: "Header", header: "X-Forwarded-Host" },
        appendXForwardedHost: false,
        path: { type: "ReplaceRegexMatch", replaceRegexMatch: { pattern: "^/+", substitution: "/" } },
      },
    },
  };
}
