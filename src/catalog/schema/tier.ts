import { z } from "zod";
import { surfacePaths } from "../../policy/doors.ts";
import type { RateLimit } from "../../policy/limits/token-bucket.ts";
import { scannedText } from "../scanned.ts";
import { nearest } from "../wording.ts";
import { count, document, duration, metadata, size } from "./fields.ts";

const unitMs = { Second: 1000, Minute: 60_000, Hour: 3_600_000 } as const;
const REQUESTS_MAX = 1_000_000;

const requests = z.int().min(1).max(REQUESTS_MAX);

const rate = z
  .strictObject({
    requests: requests.meta({ description: "Requests per unit on average.", unit: "requests" }),
    unit: z.enum(["Second", "Minute", "Hour"]).meta({ description: "The span that `requests` counts for." }),
    burst: requests.optional().meta({ description: "Requests at once; without it, `requests`.", unit: "requests" }),
  })
  .transform(
    (written): RateLimit => ({
      requests: written.requests,
      perMs: unitMs[written.unit],
      burst: written.burst ?? written.requests,
    }),
  );

const ruleLimits = z.strictObject({
  perTenant: rate.optional().meta({ description: "Limit of all clients together; without it, none." }),
  perClient: rate.optional().meta({ description: "Limit of each client address; without it, none." }),
  scope: z
    .enum(["Local", "Global"])
    .prefault("Local")
    .meta({ description: "Local counts in this process; Global counts in the Edge's `redis`, which processes share." }),
  consistency: z.enum(["Hybrid", "Strict"]).prefault("Hybrid").meta({
    description:
      "With `scope: Global`. Hybrid: each process decides at once and tells the others in batches; Strict: each request asks, and waits for `redis.budget` at most.",
  }),
  failureMode: z.enum(["Local", "Open", "Closed"]).prefault("Local").meta({
    description:
      "With `scope: Global`, while the store does not answer. Local: this process counts alone; Open: nothing is limited; Closed: refused with 503.",
  }),
});

type WrittenLimits = z.input<typeof ruleLimits>;

function limitsOf(usual: WrittenLimits, description: string) {
  return ruleLimits
    .prefault(usual)
    .meta({ description: `${description} A rule that is written has only the limits written in it.` });
}

const limits = z
  .strictObject({
    app: limitsOf(
      { perTenant: { requests: 1000, unit: "Second" }, perClient: { requests: 100, unit: "Second", burst: 200 } },
      "Requests of no other rule.",
    ),
    login: limitsOf({ perClient: { requests: 30, unit: "Minute" } }, "POST on login, sign-up and password pages."),
    rpc: limitsOf({ perClient: { requests: 30, unit: "Second" } }, "Calls on `/jsonrpc`, `/xmlrpc` and `/json`."),
    realtime: limitsOf({}, "WebSocket upgrades and long polls."),
    static: limitsOf({}, "Assets and images; one page asks for 80 to 150 at once."),
  })
  .prefault({})
  .meta({ description: "Rate limits by rule." });

const concurrency = z
  .strictObject({
    inFlight: count(16, 1, 100_000, "requests", "Most requests of one tenant at its workers at once."),
    queue: count(512, 0, 1_000_000, "requests", "Most requests of one tenant that wait for a worker; 0: none waits."),
    queueTimeout: duration("10s", "Longest wait in the queue."),
  })
  .prefault({})
  .meta({
    description: "How many requests a tenant may have under way; fair between its clients. Never counts realtime.",
  });

const sockets = z
  .strictObject({
    perTenant: count(2000, 0, 1_000_000, "sockets", "Most WebSockets of one tenant at once."),
    perClient: count(20, 0, 1_000_000, "sockets", "Most WebSockets of one client address at once."),
  })
  .prefault({})
  .meta({ description: "How many realtime sockets may be open." });

const surface = scannedText("not_a_surface", (text) => {
  if (surfacePaths.includes(text)) return { value: text };
  const near = nearest(text, surfacePaths);
  return {
    fault: "is no surface path",
    hint:
      near === undefined
        ? `database doors never open; a tier may open ${surfacePaths.join(", ")}`
        : `did you mean \`${near}\`?`,
  };
});

const spec = z
  .strictObject({
    isolation: z
      .enum(["Shared", "Dedicated"])
      .prefault("Shared")
      .meta({ description: "Dedicated: the tenant's pool has no other tenant." }),
    rpc: z.enum(["bound", "off"]).prefault("bound").meta({
      description: "bound: a call must name the tenant's own database; off: RPC endpoints are refused.",
    }),
    timeouts: z
      .strictObject({
        request: duration("720s", "From the complete request to the end of the response."),
        body: duration("300s", "From the head to the end of the request body."),
      })
      .prefault({})
      .meta({ description: "How long a request may take." }),
    body: z
      .strictObject({ max: size("128Mi", "Largest request body.", 0) })
      .prefault({})
      .meta({ description: "Request bodies." }),
    limits,
    concurrency,
    sockets,
    deny: z
      .strictObject({
        allow: z
          .array(surface.meta({ type: "string", enum: [...surfacePaths] }))
          .prefault([])
          .meta({ description: "Surface paths to open, as for development. Database doors never open." }),
      })
      .prefault({})
      .meta({ description: "What is refused besides database doors." }),
  })
  .prefault({})
  .meta({ description: "Settings of the tier." });

/** A named service level. */
export const tierDocument = document(
  "Tier",
  metadata("Name of the tier.", {}),
  spec,
  "A named service level: limits, buffering, RPC policy, isolation.",
);
