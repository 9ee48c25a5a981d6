import { formatDurationMs } from "../../core/units.ts";
import type { GatewayFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { objectMeta } from "../metadata.ts";
import { sharedNames } from "../names.ts";

/**
 * Fields of a request that the guard reads, beside those that Envoy sends anyway (Host, Method, Path, Authorization).
 * Without `connection` and `upgrade` a body that Envoy does not show would pass.
 */
const fieldsRead = [
  "content-type",
  "content-encoding",
  "cookie",
  "connection",
  "upgrade",
  "origin",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-request-id",
];

/** Shorter than the guard's own, so that no question meets a connection that is just being closed. */
const IDLE_SHARE = 0.5;

/** The policy that makes Envoy ask `hostward serve --ext-auth` about every request; what it cannot ask it refuses. */
export function extAuthPolicy(facts: GatewayFacts): Manifest[] {
  if (facts.guard !== "ExtAuth") return [];
  const { extAuth, http } = facts.plan.edge;
  const { service, port, bodyBytesMax, timeoutMs } = extAuth;
  const connectionIdleTimeout = formatDurationMs(Math.max(1, Math.floor(http.idleTimeoutMs * IDLE_SHARE)));
  return [
    {
      apiVersion: "gateway.envoyproxy.io/v1alpha1",
      kind: "SecurityPolicy",
      metadata: objectMeta(facts, sharedNames.extAuth),
      spec: {
        targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: facts.gateway.name }],
        extAuth: {
          failOpen: false,
          headersToExtAuth: fieldsRead,
          bodyToExtAuth: { maxRequestBytes: bodyBytesMax },
          timeout: formatDurationMs(timeoutMs),
          http: {
            backendRefs: [{ group: "", kind: "Service", name: service, namespace: facts.gateway.namespace, port }],
            backendSettings: { timeout: { http: { connectionIdleTimeout } } },
          },
        },
      },
    },
  ];
}
