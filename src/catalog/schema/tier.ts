import { z } from "zod";
import { surfacePaths } from "../../policy/doors.ts";
import type { RateLimit } from "../../policy/limits/gcra.ts";
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

const ruleFields = {
  perTenant: rate.optional().meta({ description: "Limit of all clients together; without it, none." }),
  perClient: rate.optional().meta({
    description: "Limit of each client, an IPv4 address or an IPv6 /64; without it, none.",
  }),
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
};

const ruleLimits = z.strictObject(ruleFields);

const loginLimits = z.strictObject({
  ...ruleFields,
  perLogin: rate.optional().meta({
    description:
      "Limit of tries of one login name, from whatever address, in this process or in all as `scope` says; without it, none.",
  }),
});

function limitsOf<S extends z.ZodType>(schema: S, usual: z.input<S>, description: string) {
  return schema
    .prefault(usual as never)
    .meta({ description: `${description} A rule that is written has only the limits written in it.` });
}

const limits = z
  .strictObject({
    app: limitsOf(
      ruleLimits,
      { perTenant: { requests: 1000, unit: "Second" }, perClient: { requests: 100, unit: "Second", burst: 200 } },
      "Requests of no other rule.",
    ),
    login: limitsOf(
      loginLimits,
      { perClient: { requests: 30, unit: "Minute" }, perLogin: { requests: 10, unit: "Minute" } },
      "POST on login, sign-up and password pages.",
    ),
    rpc: limitsOf(
      loginLimits,
      { perClient: { requests: 30, unit: "Second" } },
      "Calls on `/jsonrpc`, `/xmlrpc` and `/json`. `perLogin` counts the calls that try a password.",
    ),
    realtime: limitsOf(ruleLimits, {}, "WebSocket upgrades and long polls."),
    static: limitsOf(ruleLimits, {}, "Assets and images; one page asks for 80 to 150 at once."),
  })
  .prefault({})
  .meta({ description: "Rate limits by rule." });

function cap(what: string) {
  return z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: `Most ${what} at once; without it, \`inFlight\`.`, unit: "requests" });
}

const concurrency = z
  .strictObject({
    inFlight: count(16, 1, 100_000, "requests", "Most requests of one tenant at its workers at once."),
    rules: z
      .strictObject({
        app: cap("requests of no other rule"),
        login: cap("login attempts"),
        rpc: cap("API calls, so that a script leaves workers to people"),
        static: cap("assets and images"),
      })
      .prefault({})
      .meta({ description: "Caps of single rules within `inFlight`." }),
    weight: count(
      1,
      1,
      100,
      "requests",
      "Requests that each turn of a tenant is worth, where tenants wait for one pool: with 4, four for one of weight 1.",
    ),
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
    perClient: count(
      500,
      0,
      1_000_000,
      "sockets",
      "Most WebSockets of one client address at once; an office shares one.",
    ),
  })
  .prefault({})
  .meta({ description: "How many realtime sockets may be open." });

const failedLogins = z
  .strictObject({
    delayAfter: count(
      3,
      1,
      1000,
      "failures",
      "Failures of one client with one name from which each further one has to wait.",
    ),
    blockAfter: count(10, 1, 1000, "failures", "Failures of one client with one name that block this name for it."),
    clientBlockAfter: count(
      40,
      1,
      100_000,
      "failures",
      "Failures of one client, with names that never succeeded from it, that block such names for it.",
    ),
    loginBlockAfter: count(
      20,
      1,
      100_000,
      "failures",
      "Failures with one name, of clients that never succeeded with it, that block it for such clients.",
    ),
    blockBase: duration("30s", "The first block; each further one is twice as long.", 1000),
    blockMax: duration("1h", "Longest block.", 1000),
    forgetAfter: duration("1h", "How long a failure counts at least; the same again at most.", 1000),
    enabled: z.boolean().prefault(true).meta({ description: "Whether failed logins are counted at all." }),
  })
  .prefault({})
  .meta({ description: "How guessers of passwords are slowed down and blocked, by what workers answer to logins." });

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
    failedLogins,
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
