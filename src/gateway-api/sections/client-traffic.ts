import { formatDurationMs, formatQuantityBytes } from "../../core/units.ts";
import { removedRequestFields, removedResponseFields, requestPrefixes, responsePrefixes } from "../../policy/fields.ts";
import type { GatewayFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { objectMeta } from "../metadata.ts";
import { sharedNames } from "../names.ts";
import { anythingBut } from "../regex.ts";

/** One ClientTrafficPolicy for the listener: how heads are read, whose word is believed, how long clients may take. */
export function clientTrafficPolicy(facts: GatewayFacts): Manifest {
  const { http, realtime, trustedProxies } = facts.plan.edge;
  const { tiers } = facts.plan;
  const bodyTimeoutMs = Math.max(http.headTimeoutMs, ...tiers.map((tier) => tier.bodyTimeoutMs));
  // A worker may think for as long as a request may take without sending a byte.
  const silenceMs = Math.max(realtime.idleTimeoutMs, ...tiers.map((tier) => tier.requestTimeoutMs));
  return {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    kind: "ClientTrafficPolicy",
    metadata: objectMeta(facts, sharedNames.clientTraffic),
    spec: {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: facts.gateway.name }],
      path: { escapedSlashesAction: "UnescapeAndForward", disableMergeSlashes: true },
      headers: {
        withUnderscoresAction: "RejectRequest",
        enableEnvoyHeaders: false,
        disableRateLimitHeaders: true,
        xForwardedClientCert: { mode: "Sanitize" },
        requestID: "Generate",
        host: { stripTrailingHostDot: true },
        earlyRequestHeaders: earlyRequestHeaders(trustedProxies.length > 0 ? "trusted" : "none"),
        lateResponseHeaders: {
          remove: [...removedResponseFields],
          removeOnMatch: responsePrefixes.map((value) => ({ type: "Prefix", value })),
        },
      },
      // An Upgrade other than exactly `websocket` is none.
      http1: { ignoredUpgradeTypes: [{ type: "RegularExpression", value: anythingBut(["websocket"], "fold") }] },
      ...(trustedProxies.length === 0
        ? {}
        : { clientIPDetection: { xForwardedFor: { trustedCIDRs: trustedProxies } } }),
      timeout: {
        http: {
          requestHeadersReceivedTimeout: formatDurationMs(http.headTimeoutMs),
          requestReceivedTimeout: formatDurationMs(bodyTimeoutMs),
          idleTimeout: formatDurationMs(http.idleTimeoutMs),
          streamIdleTimeout: formatDurationMs(silenceMs),
        },
      },
      connection: {
        connectionLimit: { value: http.connectionsMax },
        // A slow reader must not hold a worker: what it does not take waits here.
        bufferLimit: formatQuantityBytes(Math.max(http.responseBytesMax, BUFFER_BYTES_MIN)),
      },
    },
  };
}

/** Envoy's own default. */
const BUFFER_BYTES_MIN = 32_768;

const FORWARDED = "x-forwarded-";
/** Fields that a trusted proxy in front writes, and that Envoy reads after these removals. */
const believed = ["x-forwarded-for", "x-forwarded-proto"] as const;

/** What is removed before Envoy reads who asks. */
function earlyRequestHeaders(proxies: "trusted" | "none") {
  const prefixes = requestPrefixes.filter((prefix) => proxies === "none" || prefix !== FORWARDED);
  const kept = believed.map((name) => name.slice(FORWARDED.length));
  const forwarded = { type: "RegularExpression", value: `${FORWARDED}(?:${anythingBut(kept, "exact")})` };
  return {
    remove: [...removedRequestFields],
    removeOnMatch: [
      ...prefixes.map((value) => ({ type: "Prefix", value })),
      ...(proxies === "trusted" ? [forwarded] : []),
    ],
  };
}
