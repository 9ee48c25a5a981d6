/** Manifests written by hand, small enough to read: what the harness is tried with. */
import type { Manifest } from "./translate.ts";

const gateway = "gateway.networking.k8s.io/v1";
const envoy = "gateway.envoyproxy.io/v1alpha1";
const namespace = "edge";

/** An HTTPRoute of one hostname, attached to the sample gateway. */
export function httpRoute(name: string, rules: readonly object[]): Manifest {
  const spec = { parentRefs: [{ name: "edge" }], hostnames: [`${name}.example.com`], rules };
  return { apiVersion: gateway, kind: "HTTPRoute", metadata: { name, namespace }, spec };
}

/** A document of Envoy Gateway's API in the gateway's namespace. */
export function envoyGatewayDocument(kind: string, name: string, spec: object): Manifest {
  return { apiVersion: envoy, kind, metadata: { name, namespace }, spec };
}

/** The rule that sends all to the pool `odoo-18`. */
export const appRule = {
  name: "app",
  matches: [{ path: { type: "PathPrefix", value: "/" } }],
  backendRefs: [{ name: "worker-odoo", namespace: "odoo-18", port: 8069 }],
};

/** The rule that answers 403 by itself. */
export const denyRule = {
  name: "deny",
  matches: [{ path: { type: "PathPrefix", value: "/web/database" } }],
  filters: [
    { type: "ExtensionRef", extensionRef: { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name: "deny" } },
  ],
};

/** What every route needs: the gateway on port 8080, the filter of `denyRule`, the grant for the pool. */
export const sampleGateway: readonly Manifest[] = [
  {
    apiVersion: gateway,
    kind: "GatewayClass",
    metadata: { name: "envoy" },
    spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
  },
  envoyGatewayDocument("EnvoyProxy", "edge", { mergeBackends: {}, preserveRouteOrder: true }),
  {
    apiVersion: gateway,
    kind: "Gateway",
    metadata: { name: "edge", namespace },
    spec: {
      gatewayClassName: "envoy",
      infrastructure: { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: "edge" } },
      listeners: [{ name: "http", port: 8080, protocol: "HTTP" }],
    },
  },
  envoyGatewayDocument("HTTPRouteFilter", "deny", {
    directResponse: {
      statusCode: 403,
      contentType: "text/plain",
      body: { type: "Inline", inline: "blocked by the edge" },
    },
  }),
  {
    apiVersion: "gateway.networking.k8s.io/v1beta1",
    kind: "ReferenceGrant",
    metadata: { name: "edge", namespace: "odoo-18" },
    spec: {
      from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace }],
      to: [{ group: "", kind: "Service", name: "worker-odoo" }],
    },
  },
];
