import type { IGateway } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway";
import type { IGatewayClass } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass";
import type { GatewayFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { clusterMeta, objectMeta } from "../metadata.ts";
import { sharedNames } from "../names.ts";

/** GatewayClass, EnvoyProxy and Gateway: one listener, in the order of filters and routes that the edge has. */
export function gatewayManifests(facts: GatewayFacts): Manifest[] {
  return [gatewayClass(facts), envoyProxy(facts), gateway(facts)];
}

function gatewayClass(facts: GatewayFacts): Manifest {
  const { className, namespace } = facts.gateway;
  const spec: IGatewayClass["spec"] = {
    controllerName: "gateway.envoyproxy.io/gatewayclass-controller",
    parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", namespace, name: sharedNames.envoyProxy },
  };
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: clusterMeta(facts, className),
    spec,
  };
}

function gateway(facts: GatewayFacts): Manifest {
  const { name, port } = facts.listener;
  const spec: IGateway["spec"] = {
    gatewayClassName: facts.gateway.className,
    listeners: [
      {
        name,
        protocol: "HTTP",
        port,
        // Routes of other namespaces could outrank a deny.
        allowedRoutes: {
          namespaces: { from: "Same" },
          kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
        },
      },
    ],
  };
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: objectMeta(facts, facts.gateway.name),
    spec,
  };
}

const RBAC = "envoy.filters.http.rbac";
const LOCAL_LIMIT = "envoy.filters.http.local_ratelimit";
const GLOBAL_LIMIT = "envoy.filters.http.ratelimit";
const EXT_AUTH = "envoy.filters.http.ext_authz";
const BUFFER = "envoy.filters.http.buffer";

/**
 * Nothing is buffered for a request that is refused anyway: access and rate limits stand before the body, and before
 * the guard that is asked about it. Rules keep the order in which they are written, and tenants of one pool share one
 * cluster (`mergeBackends`).
 */
function envoyProxy(facts: GatewayFacts): Manifest {
  // Only the first of them: each entry moves a filter again, and the buffer stands behind the guard by itself.
  const before = facts.guard === "ExtAuth" ? EXT_AUTH : BUFFER;
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "EnvoyProxy",
    metadata: objectMeta(facts, sharedNames.envoyProxy),
    spec: {
      preserveRouteOrder: true,
      mergeBackends: {},
      filterOrder: [RBAC, LOCAL_LIMIT, GLOBAL_LIMIT].map((name) => ({ name, before })),
      telemetry: { accessLog: { settings: [{ format: { type: "JSON", json: accessLine }, sinks: [standardOutput] }] } },
    },
  };
}

const standardOutput = { type: "File", file: { path: "/dev/stdout" } };

/** One line for each request. Queries, cookies and bodies are never written: they carry tokens. */
const accessLine = {
  time: "%START_TIME%",
  request_id: "%REQ(X-REQUEST-ID)%",
  client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  host: "%REQ(:AUTHORITY)%",
  method: "%REQ(:METHOD)%",
  path: "%PATH(NQ)%",
  status: "%RESPONSE_CODE%",
  flag: "%RESPONSE_FLAGS%",
  detail: "%RESPONSE_CODE_DETAILS%",
  route: "%ROUTE_NAME%",
  endpoint: "%UPSTREAM_HOST%",
  bytes_in: "%BYTES_RECEIVED%",
  bytes_out: "%BYTES_SENT%",
  total_ms: "%DURATION%",
};
