import { z } from "zod";
import { scannedText } from "../scanned.ts";
import { count, document, duration, ipAddress, listenPort, metadata, name, networks, port, size } from "./fields.ts";
import { redis } from "./redis.ts";

const MINUTE_MS = 60_000;

const listener = z.strictObject({
  name: name.meta({ description: "Name of the listener, in logs and in emitted routes." }),
  address: ipAddress.meta({ description: "IP address to listen on; `0.0.0.0` or `::` is every interface." }),
  port: listenPort.meta({ description: "TCP port to listen on; 0 takes any free one." }),
  protocol: z
    .enum(["HTTP"])
    .prefault("HTTP")
    .meta({ description: "Cleartext HTTP/1.1; TLS ends in front of the edge." }),
  externalPort: port.optional().meta({
    description:
      "Port that clients see, in the worker's Host, in redirects and in the Origin check; without it, `port`.",
  }),
});

function listenAddress(address: string, usualPort: number, description: string) {
  return z
    .strictObject({
      address: ipAddress.prefault(address).meta({ description: "IP address to listen on." }),
      port: listenPort.prefault(usualPort).meta({ description: "TCP port to listen on; 0 takes any free one." }),
    })
    .prefault({})
    .meta({ description });
}

const gateway = z
  .strictObject({
    name: name.prefault("edge").meta({ description: "Name of the Gateway." }),
    namespace: name.prefault("edge").meta({ description: "Namespace of the Gateway and of the routes." }),
    className: name.prefault("envoy").meta({ description: "GatewayClass of the Gateway." }),
  })
  .prefault({})
  .meta({ description: "What emitted routes attach to." });

const extAuth = z
  .strictObject({
    service: name.prefault("hostward").meta({ description: "Name of the Service, in the Gateway's namespace." }),
    port: port.prefault(8080).meta({ description: "Port of the Service." }),
    bodyMax: size(
      "8Mi",
      "Largest request body that Envoy holds and sends there; a larger one is refused.",
      1,
      2 ** 31 - 1,
    ),
    timeout: duration("10s", "Longest wait for its answer; then the request is refused."),
  })
  .prefault({})
  .meta({ description: "Where `hostward serve --ext-auth` runs, where `productionGuard` is `ExtAuth`." });

const http = z
  .strictObject({
    headFieldsMax: count(100, 1, 1000, "fields", "Most fields in the head of a request."),
    headBytesMax: size("60Ki", "Largest head of a request, request line included.", 1024, 2 ** 20),
    headTimeout: duration("10s", "Longest time from a head's first byte to its last."),
    idleTimeout: duration("75s", "Longest silence between a response and the next request of a connection."),
    writeTimeout: duration("60s", "Longest time in which a client may take no byte of its response."),
    responseMax: size("8Mi", "Bytes of one response that may wait for a slow client before its worker has to wait.", 0),
    responseBudget: size("256Mi", "The same for all responses of the process together.", 0),
    chunkLineBytesMax: size("1Ki", "Longest chunk-size line.", 16, 65_536),
    interimResponsesMax: count(10, 0, 100, "responses", "Most interim (1xx) responses of a worker to one request."),
    connectionsMax: count(10_000, 1, 1_000_000, "connections", "Most client connections at once."),
  })
  .prefault({})
  .meta({ description: "Bounds on what one client connection may send or hold." });

const bodies = z
  .strictObject({
    memoryMax: size(
      "1Mi",
      "A body up to this size stays in memory, a larger one goes to an unlinked file.",
      0,
      2 ** 30,
    ),
    memoryBudget: size("256Mi", "Memory that all bodies of the process may hold together."),
    diskBudget: size("4Gi", "Disk that all bodies of the process may hold together.", 0),
    directory: scannedText("invalid_path", (text) =>
      /^(?:\/[^\u0000]*)?$/.test(text)
        ? { value: text }
        : { fault: "must be an absolute path", hint: "write it as in /var/tmp" },
    )
      .prefault("")
      .meta({
        type: "string",
        description: "Absolute path of the folder for the unlinked files; empty: the system's.",
      }),
  })
  .prefault({})
  .meta({ description: "Where request bodies wait for their end." });

const upstream = z
  .strictObject({
    connectTimeout: duration("5s", "Longest wait for a connection to a worker."),
    ejectAfter: count(5, 1, 1000, "faults", "Network faults in a row that eject an endpoint."),
    ejectBase: duration("5s", "First ejection; each further one is twice as long."),
    ejectMax: duration("60s", "Longest ejection."),
    checkInterval: duration("5s", "Time between two active checks of an endpoint.", 100),
    checkTimeout: duration("3s", "Longest wait for a check's answer; one that is late means busy."),
    checkPath: scannedText("invalid_path", (text) =>
      /^\/[!-~]*$/.test(text)
        ? { value: text }
        : { fault: "must start with `/` and be printable ASCII", hint: "write it as in /web/health" },
    )
      .prefault("/web/health")
      .meta({ description: "Path that the check asks for.", type: "string" }),
    dnsRefresh: duration("10s", "Time between two look-ups of a hostname.", 1000),
    idleTimeout: duration("30s", "Age at which an idle worker connection is closed."),
    idlePerEndpointMax: count(64, 0, 10_000, "connections", "Most idle connections kept to one endpoint."),
  })
  .prefault({})
  .meta({ description: "How workers are connected to and watched." });

const realtime = z
  .strictObject({
    idleTimeout: duration("1h", "Silence in both directions after which a tunnel is closed.", MINUTE_MS),
    closeJitter: duration("10s", "Span over which the closings of many tunnels are spread.", 0),
  })
  .prefault({})
  .meta({ description: "WebSocket tunnels." });

const overload = z
  .strictObject({
    eventLoopDelay: duration("250ms", "Lasting delay of the event loop that counts as a full load."),
    memory: size(
      "0",
      "Memory of the process that counts as a full load; 0: what its container allows, if anything.",
      0,
    ),
    start: count(80, 1, 100, "percent", "Share of a full load at which shedding begins; 100: only at a full load."),
  })
  .prefault({})
  .meta({ description: "When the edge itself is overloaded and sheds what is the cheapest to lose." });

const spec = z
  .strictObject({
    listeners: z.array(listener).min(1).max(64).meta({ description: "Where clients connect." }),
    telemetry: listenAddress("0.0.0.0", 9902, "Where `/live`, `/ready` and `/metrics` are served."),
    admin: listenAddress("127.0.0.1", 9901, "Where everything else that an operator asks is served. It has no login."),
    trustedProxies: networks("Networks whose X-Forwarded-For and -Proto are believed; empty: the peer is the client."),
    internalClients: networks(
      "Networks of workers that call back, as for PDF reports: no rate limit, no queue; the guard applies.",
    ),
    gateway,
    productionGuard: z
      .enum(["Deny", "Sidecar", "ExtAuth", "None"])
      .prefault("Deny")
      .meta({ description: "Who judges request bodies in production." }),
    extAuth,
    http,
    bodies,
    upstream,
    realtime,
    overload,
    redis: redis.optional(),
  })
  .meta({ description: "Settings of the whole edge." });

/** The one document that describes the edge itself. */
export const edgeDocument = document(
  "Edge",
  metadata("Name of the edge.", {}),
  spec,
  "The edge itself: where it listens, whom it believes, its bounds. A catalog has exactly one.",
);
