import { direct, row } from "./types.ts";

/** Steps 12 to 14: the worker, and what comes back. */
export const responseRows = [
  row("12 forward", "forward-bytes", "same", "the worker receives one rebuilt request", "Envoy writes it anew: names of fields in lower case, in its own order"),
  row("12 forward", "forward-retry", "same", "another endpoint only when nothing was sent", "`connect-failure` and `reset-before-request`"),
  row("12 forward", "forward-failure", "same", "no endpoint, no connection, or a reset before the response: 503", "in Envoy's words"),
  row("12 forward", "forward-timeout", "same", "request timeout 504", "`timeouts.request` of each rule"),
  row("12 forward", "forward-ejection", "same", "only what the network says ejects an endpoint", "outlier detection on failures of local origin"),
  row("3.1 identity", "identity-request-id", "same", "a new X-Request-Id for each request", "Envoy's own, a UUID"),
  row("3.1 identity", "identity-trusted-ids", "lost", "a trusted proxy's X-Request-Id goes on", "Envoy begins a new one: join the logs of both by time and client, or let the proxy send its id in a field of its own too, such as `X-Balancer-Id`, which passes, and log it by a patch of the EnvoyProxy", {
    concerns: ({ edge }) => (edge.trustedProxies.length > 0 ? "the Edge's `trustedProxies`" : ""),
  }),
  row("3.1 identity", "identity-trace", "lost", "workers receive a trace context", "configure `telemetry.tracing` by a patch of the EnvoyProxy: without it the worker receives none, as the client's is not believed", { modes: direct }),
  row("3.1 identity", "identity-trace-new", "same", "workers receive a trace context", "from the guard beside the workers", { modes: ["Sidecar"] }),
  row("3.1 identity", "identity-set-cookie", "lost", "Domain removed from cookies, Secure added on https", "Envoy cannot rewrite a cookie: Odoo sets no Domain by itself, so look for one in your own modules; let the proxy that ends TLS send Strict-Transport-Security, so that no cookie goes in the clear; or use the guard `Sidecar`", { modes: direct, policies: ["cookies.ts"] }),
  row("3.1 identity", "identity-set-cookie-guard", "same", "Domain removed from cookies, Secure added on https", "by the guard beside the workers", { modes: ["Sidecar"], policies: ["cookies.ts"] }),
  row("13 response", "response-framing", "same", "a worker's head that breaks the grammar: 502", "Envoy's codec, in its words"),
  row("13 response", "response-grammar", "stricter", "a worker's head by the strict grammar and its limits, at most 10 interim responses", "Envoy's codec is laxer with workers as it is with clients"),
  row("13 response", "response-folding", "lost", "a field that a worker repeats with one value reaches the client once", "Envoy passes both lines on: Odoo repeats only Date, which clients ignore: accept it", { modes: direct }),
  row("13 response", "response-fields", "same", "Server, X-Sendfile and X-Accel-* do not reach the client", "`lateResponseHeaders`"),
  row("13 response", "response-selector", "same", "a redirect to the database selector is 503", "`responseOverride` of each policy; alert on this 503 in Envoy's access log"),
  row("13 response", "response-cut", "same", "a cut response resets the client's connection", "Envoy resets the stream"),
  row("13 response", "response-slow-client", "stricter", "a client that takes no byte for `http.writeTimeout` is cut", "Envoy waits for the listener's `streamIdleTimeout`", { modes: direct }),
  row("13 response", "response-buffers", "same", "a response is taken as fast as the worker sends it, up to `http.responseMax`", "`bufferLimit` of clients' and workers' connections; no budget for all together"),
  row("14 finish", "finish-record", "same", "one access line and the metrics for every request", "Envoy's access log, in JSON and without queries; Envoy's own metrics"),
] as const; // biome-ignore format: a table, one row in a line
