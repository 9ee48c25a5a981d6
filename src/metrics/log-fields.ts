/**
 * The fields of a line of the access log, in their order.
 *
 * `stable` fields keep name, type and meaning within a major version; the others may change with a line in the
 * changelog. `access-log.ts` writes the line by hand, and a test holds it to this table.
 */

interface LogField {
  readonly type: "string" | "number" | "boolean";
  readonly unit: "ms" | "bytes" | "-";
  readonly stable: boolean;
  readonly doc: string;
}

export const logFields = {
  time: { type: "string", unit: "-", stable: true, doc: "First byte of the request, RFC 3339 in UTC." },
  request_id: { type: "string", unit: "-", stable: true, doc: "The `X-Request-Id` that the worker got." },
  listener: { type: "string", unit: "-", stable: true, doc: "Listener that accepted the connection." },
  client: { type: "string", unit: "-", stable: true, doc: "Client address; behind a trusted proxy the one it named." },
  method: { type: "string", unit: "-", stable: true, doc: "Request method." },
  host: { type: "string", unit: "-", stable: true, doc: "Host asked for, in lower case, without the port." },
  path: { type: "string", unit: "-", stable: true, doc: "Canonical path without the query." },
  tenant: { type: "string", unit: "-", stable: true, doc: "Tenant of that host." },
  pool: { type: "string", unit: "-", stable: true, doc: "Pool of that tenant." },
  endpoint: { type: "string", unit: "-", stable: true, doc: "`address:port` of the worker that was asked." },
  rule: { type: "string", unit: "-", stable: true, doc: "Part of the tenant's traffic: deny, rpc, login, …" },
  status: { type: "number", unit: "-", stable: true, doc: "Status sent to the client; 0 when none was." },
  code: {
    type: "string",
    unit: "-",
    stable: true,
    doc: "The edge's own answer; empty: the worker's was relayed whole.",
  },
  flag: { type: "string", unit: "-", stable: true, doc: "Envoy's response flag for the same event, `-` for none." },
  detail: { type: "string", unit: "-", stable: false, doc: "Why, in a few words, never with a value of the request." },
  bytes_in: { type: "number", unit: "bytes", stable: true, doc: "Request body received." },
  bytes_out: { type: "number", unit: "bytes", stable: true, doc: "Response body sent." },
  queue_ms: { type: "number", unit: "ms", stable: true, doc: "Waiting for a free worker." },
  connect_ms: { type: "number", unit: "ms", stable: true, doc: "Connecting to it." },
  worker_ms: { type: "number", unit: "ms", stable: true, doc: "From the request sent to the end of its response." },
  total_ms: {
    type: "number",
    unit: "ms",
    stable: true,
    doc: "From the first byte to the last; a tunnel's whole life.",
  },
  tunnel: { type: "boolean", unit: "-", stable: true, doc: "Whether it became a WebSocket." },
} as const satisfies Record<string, LogField>;

export type LogFieldName = keyof typeof logFields;

/** Characters kept of one text in the access log; a longer one ends in `…`. */
export const logTextCharsMax = 4096;
