import { createHash } from "node:crypto";
import { PLAIN_TYPE } from "../../core/answer-form.ts";
import { type AnswerCode, answerTable } from "../../core/answers.ts";
import { formatDurationMs, formatQuantityBytes } from "../../core/units.ts";
import type { PlannedTier, RuleLimits } from "../../plan/types.ts";
import type { RateLimit } from "../../policy/limits/gcra.ts";
import type { LimitedRule } from "../../policy/rules.ts";
import { type GatewayFacts, partHash, type TenantFacts } from "../facts.ts";
import type { Manifest } from "../manifest.ts";
import { objectMeta, tierMeta } from "../metadata.ts";
import { nameOf, sharedNames } from "../names.ts";
import { answerFields, escapeOperators } from "./answers.ts";
import { servedRoutes } from "./http-route.ts";

const POLICY_API = "gateway.envoyproxy.io/v1alpha1";

/** Targets of one policy: its object stays far under what the API and `kubectl apply` can store. */
const TARGETS_MAX = 1500;

/** No limit of Envoy's own: what a pool's workers can take is theirs to say. */
const UNBOUNDED = 4_294_967_295;

/** Envoy's own default. */
const BUFFER_BYTES_MIN = 32_768;

/** The policy of the whole Gateway: everything that belongs to a cluster. Only here, or clusters would not be shared. */
export function gatewayTrafficPolicy(facts: GatewayFacts): Manifest {
  const { upstream, http } = facts.plan.edge;
  return {
    apiVersion: POLICY_API,
    kind: "BackendTrafficPolicy",
    metadata: objectMeta(facts, sharedNames.backendTraffic),
    spec: {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: facts.gateway.name }],
      loadBalancer: { type: "LeastRequest" },
      timeout: { tcp: { connectTimeout: formatDurationMs(upstream.connectTimeoutMs) } },
      connection: { bufferLimit: formatQuantityBytes(Math.max(http.responseBytesMax, BUFFER_BYTES_MIN)) },
      circuitBreaker: {
        maxConnections: UNBOUNDED,
        maxPendingRequests: UNBOUNDED,
        maxParallelRequests: UNBOUNDED,
        maxParallelRetries: UNBOUNDED,
      },
      retry,
      healthCheck: {
        // Only what the network says ejects an endpoint: one tenant's errors must not take the pool from all others.
        passive: {
          splitExternalLocalOriginErrors: true,
          consecutiveLocalOriginFailures: upstream.ejectAfter,
          consecutive5XxErrors: 0,
          consecutiveGatewayErrors: 0,
          interval: "1s",
          baseEjectionTime: formatDurationMs(upstream.ejectBaseMs),
          maxEjectionPercent: 100,
        },
      },
    },
  };
}

/**
 * Another endpoint, and only where nothing was sent. Several times, as Envoy may choose the dead one again: it looks five
 * times for one that it has not tried.
 */
const retry = { numRetries: 3, retryOn: { triggers: ["connect-failure", "reset-before-request"] } };

/** A rule of a route that forwards. */
interface ForwardedRule {
  readonly name: string;
  /** The rule of the tier whose limits it has. */
  readonly limited: LimitedRule;
  /** Whether a request is held until its body is whole. */
  readonly holdsBody: boolean;
}

const forwarded: readonly ForwardedRule[] = [
  { name: "rpc", limited: "rpc", holdsBody: true },
  { name: "login", limited: "login", holdsBody: true },
  { name: "realtime", limited: "realtime", holdsBody: false },
  { name: "poll", limited: "realtime", holdsBody: true },
  { name: "static", limited: "static", holdsBody: true },
  { name: "app", limited: "app", holdsBody: true },
];

/** One policy for each tier and rule, with all its tenants: each costs every request of every tenant a filter. */
export function tierTrafficPolicies(facts: GatewayFacts): Manifest[] {
  const byTier = Map.groupBy(facts.tenants, ({ tier }) => tier);
  return facts.plan.tiers.flatMap((tier) =>
    forwarded.flatMap((rule) => rulePolicies(facts, tier, rule, byTier.get(tier) ?? [])),
  );
}

function rulePolicies(
  facts: GatewayFacts,
  tier: PlannedTier,
  rule: ForwardedRule,
  tenants: readonly TenantFacts[],
): Manifest[] {
  const targets = tenants.filter((of) => hasRule(of, rule)).flatMap((of) => targetsOf(of, rule.name));
  const parts = inParts(targets);
  return parts.map((targetRefs, i) => policy(facts, tier, rule, targetRefs, parts.length === 1 ? "" : `-${i + 1}`));
}

/** Whether the tenant's route has this rule, and forwards by it. */
function hasRule({ rules }: TenantFacts, rule: ForwardedRule): boolean {
  return rules.some(({ name, action }) => name === rule.name && "forward" in action);
}

function targetsOf(of: TenantFacts, sectionName: string) {
  return servedRoutes(of).map(({ name }) => ({
    group: "gateway.networking.k8s.io",
    kind: "HTTPRoute",
    name,
    sectionName,
  }));
}

type Target = ReturnType<typeof targetsOf>[number];

/** Targets in parts of some 1,500, each by its own name: one that comes or goes moves no other. */
function inParts(targets: readonly Target[]): Target[][] {
  const count = Math.ceil(targets.length / TARGETS_MAX);
  if (count <= 1) return count === 0 ? [] : [[...targets]];
  const parts: Target[][] = Array.from({ length: count }, () => []);
  for (const target of targets)
    parts[createHash("sha256").update(target.name).digest().readUInt32BE() % count]!.push(target);
  return parts;
}

function policy(
  facts: GatewayFacts,
  tier: PlannedTier,
  rule: ForwardedRule,
  targetRefs: readonly Target[],
  part: string,
): Manifest {
  const { name, limited, holdsBody } = rule;
  const limits = rateLimitOf(tier.limits[limited]);
  return {
    apiVersion: POLICY_API,
    kind: "BackendTrafficPolicy",
    metadata: tierMeta(facts, nameOf(tier.name, name + part), tier.name, partHash([facts.edgeHash, tier, name])),
    spec: {
      targetRefs,
      mergeType: "StrategicMerge",
      ...(limits === null ? {} : { rateLimit: limits }),
      // On a rule for upgrades a buffer would refuse them.
      ...(holdsBody ? { requestBuffer: { limit: formatQuantityBytes(tier.bodyBytesMax) } } : {}),
      responseOverride: [
        ...(holdsBody ? [override("body_too_large", 413)] : []),
        ...(limits === null ? [] : [override("rate_limited", 429)]),
        ...(holdsBody ? [lostBinding] : []),
      ],
    },
  };
}

/** An answer of Envoy's own, in the edge's words. It loses what is set late, so it says all by itself. */
function override(code: AnswerCode, status: number) {
  return {
    match: { statusCodes: [{ type: "Value", value: status }] },
    source: "Local",
    response: responseOf(code),
  };
}

function responseOf(code: AnswerCode) {
  const { status, body } = answerTable[code];
  return {
    statusCode: status,
    contentType: PLAIN_TYPE,
    body: { type: "Inline", inline: escapeOperators(body) },
    header: { set: answerFields(code) },
  };
}

/** A worker that sends its client to the database selector has lost the tenant's database. */
const lostBinding = {
  match: {
    statusCodes: [{ type: "Range", range: { start: 300, end: 399 } }],
    responseHeaders: [
      {
        name: "Location",
        value: {
          type: "RegularExpression",
          value: "(?:https?://[^/?#]*)?(?:/[^/]+)?/+web/+database/+(?:selector|manager|create)/*(?:[?#].*)?",
        },
      },
    ],
  },
  source: "Backend",
  response: responseOf("binding_lost"),
};

/** The limits of a rule, counted by each Envoy or by the service that all of them ask; null without any. */
function rateLimitOf(limits: RuleLimits) {
  const rules = limitRules(limits);
  if (rules.length === 0) return null;
  return limits.scope === "Global" ? { global: { rules } } : { local: { rules } };
}

/** Both limits with selectors of their own, or Envoy Gateway drops one in silence. */
function limitRules({ perTenant, perClient }: RuleLimits) {
  return [
    ...(perTenant === null ? [] : [limitRule({ path: { type: "PathPrefix", value: "/" } }, perTenant)]),
    ...(perClient === null
      ? []
      : ["0.0.0.0/0", "::/0"].map((value) => limitRule({ sourceCIDR: { type: "Distinct", value } }, perClient))),
  ];
}

const units: Readonly<Record<number, string>> = { 1000: "Second", 60000: "Minute", 3600000: "Hour" };

function limitRule(selector: Readonly<Record<string, unknown>>, { requests, perMs }: RateLimit) {
  return { clientSelectors: [selector], limit: { requests, unit: units[perMs]! } };
}
