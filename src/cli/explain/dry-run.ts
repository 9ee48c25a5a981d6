/** A request's way through the steps that serve, with nobody connected and no worker asked. */
import { type AnswerCode, answerTable } from "../../core/answers.ts";
import { systemClock } from "../../core/clock.ts";
import { EdgeMetrics } from "../../metrics/edge-metrics.ts";
import type { Plan, PlannedListener, PlannedPool } from "../../plan/types.ts";
import { clientAddress } from "../../policy/client.ts";
import { BodyGuard } from "../../policy/guard/body-guard.ts";
import { LoginFailures } from "../../policy/limits/login-failures.ts";
import { allocateRates, RateLimits } from "../../policy/limits/rate-limits.ts";
import { composeAnswer } from "../../router/answers.ts";
import { Exchange } from "../../router/exchange.ts";
import { guardFacts } from "../../router/guard-facts.ts";
import { BodyStore, StoredBody } from "../../router/http1/body-store.ts";
import { OwnBudget } from "../../router/http1/byte-budget.ts";
import { HeadBuffer } from "../../router/http1/head-buffer.ts";
import { noHead } from "../../router/http1/head-piece.ts";
import { linkListener, linkPlan } from "../../router/link.ts";
import { OwnLogins } from "../../router/login-gate.ts";
import { stepsOf } from "../../router/modes.ts";
import { noLoad, Overload } from "../../router/overload.ts";
import { proxiesAt } from "../../router/peer.ts";
import type { Step, Verdict } from "../../router/pipeline.ts";
import { drawRateKeys } from "../../router/rate-keys.ts";
import { RequestIds } from "../../router/request-ids.ts";
import type { EdgeServices } from "../../router/services.ts";
import { SocketCounts } from "../../router/socket-counts.ts";
import { Tunnels } from "../../router/tunnels.ts";
import { noPoolEvents, type PoolDeps } from "../../router/upstream/pool-deps.ts";
import { Upstream } from "../../router/upstream/upstream.ts";
import { UpstreamPool } from "../../router/upstream/upstream-pool.ts";
import { CommandError, exitCodes, messageOf } from "../command-error.ts";
import { hideCredentials } from "./hide-credentials.ts";
import { type RequestUrl, type RequestWords, rawRequest } from "./raw-request.ts";

/** What one step decided. */
export interface ExplainedStep {
  readonly number: number;
  readonly name: string;
  readonly verdict: "next" | AnswerCode;
  readonly why: string;
}

/** What becomes of the request, credentials hidden. */
export type ExplainedEnd =
  | { readonly kind: "forwarded"; readonly tenant: string; readonly pool: string; readonly workerReceives: string }
  | {
      readonly kind: "answered";
      readonly code: AnswerCode;
      readonly status: number;
      readonly head: string;
      readonly body: string;
    };

export interface Explanation {
  readonly steps: readonly ExplainedStep[];
  readonly end: ExplainedEnd;
}

const steps = stepsOf.edge;
/** What one attempt to log in may hold. */
const ENTRIES_OF_ONE = 8;

/** Steps that belong to the one before, and have its number. */
const belonging: ReadonlySet<string> = new Set(["failed_logins"]);

/** Steps that would occupy a worker: what they would do is told, not done. */
const notRun: ReadonlySet<string> = new Set(["concurrency", "forward", "response"]);

/** Says what `plan` does with a request from `peer`, by the code that serves. */
export async function explainRequest(plan: Plan, words: RequestWords, peer: string): Promise<Explanation> {
  const services = await inertServices(plan);
  const input = new HeadBuffer();
  input.add(rawRequest(words));
  const head = input.takeHead(plan.edge.http.headBytesMax);
  const peerAddress = clientAddress(peer, null, null);
  const client = { peerAddress, proxies: proxiesAt(peerAddress, services.plan.trustedProxies, services.mode) };
  const listener = listenerFor(plan, words.url);
  const via = linkListener(listener, listener.port);
  const x = new Exchange(services, via, client, null, typeof head === "string" ? noHead : head, 0);
  if (typeof head === "string") {
    const code = head === "too_large" ? "head_too_large" : "malformed_request";
    return { steps: [refusedAt(1, steps[0]!, x, code)], end: answered(x, code) };
  }
  return walk(x, input.takeAll());
}

function walk(x: Exchange, body: Buffer): Explanation {
  const explained: ExplainedStep[] = [];
  let workerReceives = "";
  let number = 0;
  for (const step of steps) {
    if (!belonging.has(step.name)) number++;
    const verdict = notRun.has(step.name) ? "next" : runGuarded(step, x);
    if (verdict !== "next") {
      explained.push(refusedAt(number, step, x, verdict));
      return { steps: explained, end: answered(x, verdict) };
    }
    if (step.name === "body") keepBody(x, body);
    const [line = "", ...rest] = hideCredentials(step.explain(x)).split("\n");
    const why = rest.length === 0 ? line : `${line} the head below`;
    explained.push({ number, name: step.name, verdict, why });
    if (rest.length > 0) workerReceives = rest.map((field) => field.trim()).join("\n");
  }
  return { steps: explained, end: { kind: "forwarded", tenant: x.tenant, pool: x.pool, workerReceives } };
}

/** As the pipeline does: a fault inside a step refuses. */
function runGuarded(step: Step, x: Exchange): "next" | AnswerCode {
  let verdict: Verdict;
  try {
    verdict = step.run(x);
  } catch (cause) {
    x.detail = messageOf(cause);
    return "internal";
  }
  return verdict === "wait" ? "next" : verdict;
}

function refusedAt(number: number, step: Step, x: Exchange, code: AnswerCode): ExplainedStep {
  const why = x.detail === "" ? answerTable[code].doc : `${answerTable[code].doc} ${x.detail}`;
  return { number, name: step.name, verdict: code, why };
}

function answered(x: Exchange, code: AnswerCode): ExplainedEnd {
  const { head, body } = composeAnswer(x, code);
  return { kind: "answered", code, status: x.status, head: head.trimEnd(), body };
}

/** The body as it stands behind the body step: whole. */
function keepBody(x: Exchange, bytes: Buffer): void {
  const { framing, contentLength } = x.head;
  if (framing === "none") return;
  if (framing === "length" && contentLength !== bytes.length) {
    const message = `cannot explain a body of ${contentLength} bytes: ${bytes.length} are given`;
    throw new CommandError(message, "leave Content-Length out: -d sets it", { exitCode: exitCodes.usage });
  }
  x.bodyGuard = new BodyGuard(guardFacts(x));
  x.bodyGuard.feed(bytes, 0, bytes.length);
  x.body = new StoredBody(x.services.bodies);
  x.body.keepWhole(bytes);
  x.bodyRead = true;
}

/** The listener that clients reach by the URL's port, else the first one. */
function listenerFor({ edge }: Plan, url: RequestUrl): PlannedListener {
  const { listeners } = edge;
  return (
    listeners.find((listener) => listener.externalPort === url.port) ??
    listeners.find((listener) => listener.port === url.port) ??
    listeners[0]!
  );
}

async function inertServices(plan: Plan): Promise<EdgeServices> {
  const metrics = new EdgeMetrics();
  const upstreams = plan.pools.map((pool) => inertUpstream(pool, plan));
  return {
    mode: "edge",
    steps,
    plan: await linkPlan(plan, upstreams, null),
    draining: false,
    clock: systemClock,
    random: Math.random,
    ids: new RequestIds(),
    metrics,
    reporter: { finished: () => {}, fault: () => {}, overload: () => {} },
    rates: new RateLimits(allocateRates(drawRateKeys(), { shared: false, clientSets: 1, tenantSets: 1 })),
    logins: new OwnLogins(new LoginFailures(ENTRIES_OF_ONE), systemClock),
    sockets: new SocketCounts(),
    shared: null,
    bodies: new BodyStore(plan.edge.bodies),
    responses: new OwnBudget(),
    tunnels: new Tunnels(metrics, Math.random),
    overload: new Overload(noLoad, () => {}),
  };
}

function inertUpstream(pool: PlannedPool, { edge }: Plan): Upstream {
  return new Upstream(pool, edge.upstream, 0, () => new UpstreamPool(pool, edge.upstream, inertDeps));
}

/** Pools are never started, so none of this is called; a pool that asked would find nothing. */
const inertDeps: PoolDeps = {
  clock: systemClock,
  random: Math.random,
  resolve: async () => [],
  check: async () => "busy",
  events: noPoolEvents,
};
