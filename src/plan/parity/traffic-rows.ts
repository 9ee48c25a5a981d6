import type { Plan, PlannedTier, RuleLimits } from "../types.ts";
import { direct, named, row, unjudged } from "./types.ts";

function limitsOf(tier: PlannedTier): (readonly [rule: string, limits: RuleLimits])[] {
  return Object.entries(tier.limits).filter(([, { perTenant, perClient }]) => perTenant !== null || perClient !== null);
}

function limited(plan: Plan): PlannedTier[] {
  return plan.tiers.filter((tier) => limitsOf(tier).length > 0);
}

function withBurst(plan: Plan, test: (burst: number, requests: number) => boolean): PlannedTier[] {
  const rates = (tier: PlannedTier) =>
    limitsOf(tier).flatMap(([, { perTenant, perClient }]) => [perTenant, perClient].filter((rate) => rate !== null));
  return plan.tiers.filter((tier) => rates(tier).some(({ burst, requests }) => test(burst, requests)));
}

const loginPolicies = [
  "client-network.ts",
  "failure-tally.ts",
  "login-answer.ts",
  "login-failures.ts",
  "login-outcome.ts",
  "tenant-logins.ts",
].map((file) => `limits/${file}`);

function withGlobal(plan: Plan, test: (limits: RuleLimits) => boolean): PlannedTier[] {
  return plan.tiers.filter((tier) => limitsOf(tier).some(([, limits]) => limits.scope === "Global" && test(limits)));
}

/** Tiers whose limits fail closed, where others' do not. */
function mixedModes(plan: Plan): string {
  const closed = withGlobal(plan, ({ failureMode }) => failureMode === "Closed");
  const others = withGlobal(plan, ({ failureMode }) => failureMode !== "Closed");
  return closed.length === 0 || others.length === 0 ? "" : named("tier", closed);
}

/** Steps 6 to 9 and 11: who may come, how often, and with how much. */
export const trafficRows = [
  row("5 route", "overload", "lost", "an overloaded edge sheds what has no session first: 503 with Retry-After", "Envoy's overload manager is a matter of `EnvoyProxy.bootstrap` and of each pod, and knows no sessions: patch in a `fixed_heap` monitor with `stop_accepting_requests` and `stop_accepting_connections`, give pods a memory limit above it, and scale by CPU", {
    policies: ["limits/overload.ts"],
  }),
  row("6 access", "access-lists", "same", "any deny wins; an allow list admits only what it names", "SecurityPolicy of the tenant", { policies: ["access.ts"] }),
  row("6 access", "access-networks", "same", "IPv4-mapped addresses count as IPv4", "the kernel names such peers so, and Envoy unwraps them", { policies: ["address-words.ts", "addresses.ts"] }),
  row("7 rate limit", "rate-limits", "same", "token buckets per tenant, client and rule: 429", "local rate limits of the tier's policy for the rule", {
    concerns: (plan) => named("tier", limited(plan)),
    policies: ["limits/gcra.ts", "limits/rate-limits.ts", "limits/rate-table.ts", "limits/keyed-hash.ts"],
  }),
  row("7 rate limit", "rate-burst", "wider", "a burst over the rate", "Envoy's bucket holds as much as the rate gives in its unit: give `requests` per longer unit where bursts matter", {
    concerns: (plan) => named("tier", withBurst(plan, (burst, requests) => burst > requests)),
    policies: ["limits/gcra.ts"],
  }),
  row("7 rate limit", "rate-burst-small", "stricter", "a burst under the rate", "Envoy's bucket holds as much as the rate gives in its unit", {
    concerns: (plan) => named("tier", withBurst(plan, (burst, requests) => burst < requests)),
    policies: ["limits/gcra.ts"],
  }),
  row("7 rate limit", "rate-buckets", "stricter", "one bucket for all hostnames, paths and methods of a rule, in one process", "Envoy counts each match of the rule, each hostname and each replica by itself", {
    concerns: (plan) => named("tier", limited(plan)),
    policies: ["limits/gcra.ts"],
  }),
  row("7 rate limit", "rate-client", "stricter", "an IPv6 client is its /64", "Envoy counts each address by itself, so one with a network of its own has as many buckets as it likes: give tiers a `perTenant` limit", {
    concerns: (plan) => named("tier", limited(plan)),
    policies: ["limits/client-words.ts"],
  }),
  row("7 rate limit", "rate-login", "lost", "tries of one login name from many addresses are counted together", "Envoy sees no name: `perClient` of the rule holds each address, and a guesser with many has as many tries; watch failed logins in Odoo, or use two-factor authentication", {
    concerns: (plan) => named("tier", plan.tiers.filter(({ limits }) => limits.login.perLogin !== null || limits.rpc.perLogin !== null)),
    policies: ["guard/login-fields.ts", "guard/login-name.ts"],
  }),
  row("7 rate limit", "rate-fields", "lost", "`RateLimit` fields tell a client what its limit has left", "`disableRateLimitHeaders`: Envoy would tell the counts of all limits, the tenant's among them"),
  row("7 rate limit", "rate-global", "same", "a limit with `scope: Global` is one for all replicas; what one limit refuses takes from no other", "`rateLimit.global` of the tier's policy: each request asks, whatever `consistency` says. EnvoyGateway needs a `rateLimit.backend`, and its service `STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT`, or a client's refused requests take from its tenant's limit", {
    concerns: (plan) => named("tier", withGlobal(plan, () => true)),
    policies: ["limits/debts.ts"],
  }),
  row("7 rate limit", "rate-global-window", "stricter", "a limit with `scope: Global` is held in any span of its unit", "Envoy's service counts by the clock's second, minute or hour: twice the limit at the turn of one", {
    concerns: (plan) => named("tier", withGlobal(plan, () => true)),
    policies: ["limits/gcra.ts"],
  }),
  row("7 rate limit", "rate-global-refill", "wider", "what was taken of a limit with `scope: Global` comes back bit by bit", "in Envoy's service all at once, with the clock's next second, minute or hour: give `requests` per shorter unit where a wait matters", {
    concerns: (plan) => named("tier", withGlobal(plan, () => true)),
    policies: ["limits/gcra.ts"],
  }),
  row("7 rate limit", "rate-store", "stricter", "with `failureMode: Closed`, 503 while the shared store does not answer", "EnvoyGateway's `rateLimit.failClosed: true`: 500; without it, requests pass", {
    concerns: (plan) => named("tier", withGlobal(plan, ({ failureMode }) => failureMode === "Closed")),
    policies: ["limits/debts.ts"],
  }),
  row("7 rate limit", "rate-store-local", "stricter", "with `failureMode: Local`, each process counts alone while the shared store does not answer", "requests pass, or are all refused: EnvoyGateway's `rateLimit.failClosed`", {
    concerns: (plan) => named("tier", withGlobal(plan, ({ failureMode }) => failureMode === "Local")),
    policies: ["limits/debts.ts"],
  }),
  row("7 rate limit", "rate-store-each", "lost", "each rule has its own `failureMode`", "EnvoyGateway has one `rateLimit.failClosed` for all limits of all its Gateways: give all tiers one mode, and rules that must hold without a store `scope: Local`", {
    concerns: (plan) => mixedModes(plan),
  }),
  row("7 rate limit", "rate-internal", "lost", "`internalClients` are not limited", "they count like all others: let workers call back past Envoy, at their own Service, or give the tiers of tenants that print reports a `perClient` limit that holds a pod's own calls", {
    concerns: ({ edge }) => (edge.internalClients.length > 0 ? "the Edge's `internalClients`" : ""),
  }),
  row("8 outcome", "outcome-alias", "same", "an alias with mode Redirect is 308", "a route of its own for these hostnames", {
    concerns: ({ tenants }) => named("tenant", tenants.filter(({ aliases }) => aliases.some(({ mode }) => mode === "Redirect"))),
    policies: ["outcome.ts"],
  }),
  row("8 outcome", "outcome-state", "same", "Suspended and Maintenance are 503 with Retry-After", "the only rules of such a tenant's route", {
    concerns: ({ tenants }) => named("tenant", tenants.filter(({ state }) => state !== "Active")),
    policies: ["outcome.ts"],
  }),
  row("8 outcome", "outcome-rpc-off", "same", "RPC is 403 where the tier turns it off", "rule `rpc-off` of the route", {
    concerns: ({ tiers }) => named("tier", tiers.filter(({ rpc }) => rpc === "off")),
    policies: ["outcome.ts"],
  }),
  row("8 outcome", "outcome-words", "same", "an answer to a JSON request is a JSON-RPC error", "for closed doors, states and unknown hosts; other refusals are plain text"),
  row("9 body", "body-size", "same", "a body over the tier's limit is 413", "`requestBuffer`; Envoy counts what comes and does not look at Content-Length"),
  row("9 body", "body-time", "same", "a body that is not complete in time", "`requestReceivedTimeout`, the longest of all tiers"),
  row("9 body", "body-time-tier", "stricter", "each tier's own `timeouts.body`", "one time for the listener: the longest of all tiers", {
    concerns: ({ tiers }) => (new Set(tiers.map((tier) => tier.bodyTimeoutMs)).size > 1 ? named("tier", tiers) : ""),
  }),
  row("9 body", "body-grammar", "stricter", "chunk sizes, extensions and trailers by the grammar", "Envoy's codec takes blanks and any extension, and writes the body anew"),
  row("9 body", "body-coding", "same", "a body with a Content-Encoding is 415", "rule `coded` of each route, or the guard behind"),
  row("9 body", "body-coding-empty", "wider", "Content-Encoding without a body is dropped", "Envoy refuses the field before it knows whether a body comes", { modes: unjudged }),
  row("9 body", "body-buffered", "same", "a body is whole before a worker is asked", "`requestBuffer`, behind access lists and rate limits"),
  row("9 body", "body-budget", "lost", "one budget for all bodies, large ones on disk", "Envoy holds bodies in memory without a common bound: give its pods a memory limit (uploads at once, times `body.max`) so that a flood of uploads ends a pod and not its node, run several, and lower `body.max` of tiers that need less"),
  row("10 failed logins", "failed-logins", "lost", "failed logins slow a client down, then block it, and block a name for strangers: 429", "Envoy does not see what a login came to: the tier's `limits.login` and `limits.rpc` per client are all that slows a guesser down, and Odoo's own cooldown, which knows no RPC; ask for a second factor, or use the guard `Sidecar`", {
    modes: direct,
    concerns: ({ tiers }) => named("tier", tiers.filter(({ failedLogins }) => failedLogins.enabled)),
    policies: loginPolicies,
  }),
  row("10 failed logins", "failed-logins-pod", "wider", "failed logins slow a client down, then block it, and block a name for strangers: 429", "the guard beside each worker counts for its own pod, by the client that Envoy names: with N pods a guesser has N times the attempts, and a success in one pod is not known in another", {
    modes: ["Sidecar"],
    concerns: ({ tiers }) => named("tier", tiers.filter(({ failedLogins }) => failedLogins.enabled)),
    policies: loginPolicies,
  }),
  row("11 concurrency", "concurrency", "lost", "requests in flight per endpoint, tenant and rule, and a fair queue weighted by tier", "requests wait at the workers in order of arrival, so one tenant's can hold up all of its pool: lower `limits.app.perTenant` to what its tier pays for, give tenants that must not wait for others a dedicated pool, or use the guard `Sidecar`, which queues before its own worker", {
    modes: direct,
    concerns: ({ tiers }) => named("tier", tiers),
  }),
  row("11 concurrency", "concurrency-pod", "same", "requests in flight per endpoint, tenant and rule, and a fair queue weighted by tier", "the guard beside each worker counts and queues for that worker", { modes: ["Sidecar"] }),
  row("3.4 realtime", "realtime-port", "same", "only exact realtime paths go to the realtime port", "rule `realtime` of the route: exact path and, from Odoo 16 on, an upgrade", { policies: ["realtime.ts"] }),
  row("3.4 realtime", "realtime-elsewhere", "wider", "an upgrade that leads nowhere is an ordinary request", "Envoy answers 403", { policies: ["realtime.ts"] }),
  row("3.4 realtime", "realtime-origin", "same", "a socket with a session needs the tenant's own Origin", "SecurityPolicy of the tenant", { policies: ["realtime.ts"] }),
  row("3.4 realtime", "realtime-origin-spelling", "wider", "an Origin in capitals, or with its default port, is the tenant's own", "Envoy compares it as browsers write it, and takes any cookie whose name holds `session_id` for a session", { policies: ["realtime.ts"] }),
  row("3.4 realtime", "realtime-accept", "stricter", "the tunnel opens only after a 101 that proves the key was read", "Envoy relays any 101; of another answer it relays the head"),
  row("3.4 realtime", "realtime-caps", "lost", "sockets per tenant and client are capped", "nothing caps them but the workers: limit new ones with `limits.realtime`, watch `envoy_cluster_upstream_cx_active` of the realtime cluster, or use the guard `Sidecar`", { modes: direct }),
  row("3.4 realtime", "realtime-caps-pod", "same", "sockets per tenant and client are capped", "by the guard beside each worker", { modes: ["Sidecar"] }),
] as const; // biome-ignore format: a table, one row in a line
