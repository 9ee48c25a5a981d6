import type { AnswerCode } from "../core/answers.ts";
import { nowhere } from "../metrics/access-line.ts";
import type { AccessRecord } from "../metrics/record.ts";
import type { AddressSet } from "../policy/addresses.ts";
import type { AnswerProtocol, BodyGuard } from "../policy/guard/body-guard.ts";
import type { LoginTry } from "../policy/guard/types.ts";
import type { RateLimit } from "../policy/limits/gcra.ts";
import type { LoginAnswer } from "../policy/limits/login-answer.ts";
import type { LoginRefusal } from "../policy/limits/login-failures.ts";
import type { LoginAttempt, LoginOutcome } from "../policy/limits/login-outcome.ts";
import type { Classification } from "../policy/rules.ts";
import type { ClientConnection } from "./client-connection.ts";
import type { StoredBody } from "./http1/body-store.ts";
import { type HeadPiece, noHead } from "./http1/head-piece.ts";
import { RequestHead } from "./http1/read-head.ts";
import type { ResponseHead } from "./http1/read-response-head.ts";
import { limitVerdict } from "./limit-verdict.ts";
import type { LimitAsker } from "./limits/limit-gate.ts";
import type { HostEntry, LinkedListener, LinkedPlan, LinkedTenant } from "./link.ts";
import type { HeldLogin, LoginAsker } from "./login-gate.ts";
import { takeStrange } from "./login-rate.ts";
import { conclude, fault, guarded, resume, settle } from "./pipeline.ts";
import type { Relay } from "./relay.ts";
import type { EdgeServices } from "./services.ts";
import type { SocketAsker } from "./socket-counts.ts";
import { socketVerdict } from "./steps/concurrency.ts";
import { loginVerdict } from "./steps/failed-logins.ts";
import type { Endpoint } from "./upstream/endpoint.ts";
import type { ClientQueue } from "./upstream/fair-queue.ts";
import type { TenantLane } from "./upstream/tenant-lane.ts";
import type { QueueRefusal, Waiter } from "./upstream/waiter.ts";

const unread = new RequestHead(noHead);

/** What is known of the client before it sends a request. */
export interface ClientFacts {
  /** Address of the other end of the TCP connection, IPv4-mapped addresses unwrapped. */
  readonly peerAddress: string;
  /** The proxies that are believed, the peer among them; null where the peer is the client. */
  readonly proxies: AddressSet | null;
}

/**
 * One request and its response on their way through the edge: what the steps found out, in the order of the steps.
 *
 * All fields are set in the constructor, so that every exchange has one shape. It is its own access record and its own
 * place in the pool's queue.
 */
export class Exchange implements AccessRecord, Waiter, LimitAsker, LoginAsker, SocketAsker {
  readonly services: EdgeServices;
  /** The plan that this request began with; a reload does not change it. */
  readonly plan: LinkedPlan;
  readonly via: LinkedListener;
  readonly client: ClientFacts;
  /** Null where nobody is connected: `explain` asks what would happen. */
  readonly connection: ClientConnection | null;
  /** Index of the step that runs or is waited for. */
  step = 0;
  finished = false;

  // read
  /** What the first step reads; no head before and after. */
  headPiece: HeadPiece;
  head: RequestHead = unread;
  readonly startMs: number;
  readonly startEpochMs: number;
  method = "";
  requestId = "";
  /** W3C trace context that the worker receives. */
  traceparent = "";
  clientAddress: string;
  /** `http` or `https`, as the client used it. */
  scheme: "http" | "https" = "http";
  internal = false;

  // target, path, host
  authority = "";
  rawPath = "";
  query = "";
  hasQuery = false;
  /** Canonical path: what is forwarded. */
  path = "";
  /** The same with inner runs of slashes merged: what is judged. */
  judged = "";
  host = "";

  // route
  entry: HostEntry | null = null;
  bound: LinkedTenant | null = null;
  classification: Classification | null = null;
  /** A WebSocket upgrade that goes to the realtime port. */
  upgrade = false;
  /** Goes to the realtime port, as an upgrade or a long poll. */
  realtime = false;
  outcome: AnswerCode | "" = "";

  /** One of the tenant's capped sockets is ours. */
  holdsSocket = false;

  // body, concurrency, forward, response
  body: StoredBody | null = null;
  /** Judges the body while it is read; null without a body. */
  bodyGuard: BodyGuard | null = null;
  /** What the author of a refused request reads. */
  guardMessage = "";
  guardProtocol: AnswerProtocol = "none";

  // failed logins
  /** The password check that this request asks for; null where it asks for none. */
  attempt: LoginAttempt | null = null;
  /** Held from the check to the end; null where the attempt is not counted. */
  heldLogin: HeldLogin | null = null;
  loginOutcome: LoginOutcome = "unknown";
  /** Reads the outcome from the answer's body; null where it need not be read. */
  loginAnswer: LoginAnswer | null = null;
  /** Whether the client's whole request was read: else its connection cannot carry another. */
  bodyRead = false;
  upstream: Endpoint | null = null;
  relay: Relay | null = null;
  response: ResponseHead | null = null;
  /** When the worker's response ended; 0 before. */
  endMs = 0;
  /** The client's connection ends with this exchange. */
  closes = false;
  /** Milliseconds to name in Retry-After; 0 leaves it to the answer's table. */
  retryAfterMs = 0;
  /** The client's own limit, what is left of it, and in how many seconds it is whole again; null: nothing to tell. */
  rateLimit: RateLimit | null = null;
  rateRemaining = 0;
  rateResetS = 0;
  /** The login that the request tries; null where it tries none. */
  loginTry: LoginTry | null = null;
  /** Keyed hash of its name, 16 hexadecimal digits; the same name only in this process. */
  loginKey: string | null = null;

  // AccessRecord
  readonly listener: string;
  tenant = "";
  pool = "";
  place = nowhere;
  poolIndex = 0;
  rule = "";
  ruleIndex = -1;
  endpoint = "";
  code: AnswerCode | "" = "";
  detail = "";
  status = 0;
  bytesIn = 0;
  bytesOut = 0;
  queueMs = 0;
  connectMs = 0;
  workerMs = 0;
  totalMs = 0;
  tunnel = false;
  loginBlock = "";

  // Waiter
  deadlineMs = 0;
  waitsIn: ClientQueue | null = null;
  tried: Endpoint[] | null = null;
  queueBefore: Waiter | null = null;
  queueAfter: Waiter | null = null;
  queuedAtMs = 0;

  constructor(
    services: EdgeServices,
    via: LinkedListener,
    client: ClientFacts,
    connection: ClientConnection | null,
    headPiece: HeadPiece,
    startMs: number,
  ) {
    this.services = services;
    this.plan = services.plan;
    this.via = via;
    this.listener = via.name;
    this.client = client;
    this.clientAddress = client.peerAddress;
    this.connection = connection;
    this.headPiece = headPiece;
    this.startMs = startMs;
    this.startEpochMs = services.clock.epochMs();
  }

  /** INVARIANT: asked for only behind the route step. */
  get lane(): TenantLane {
    return this.bound!.lane;
  }

  /** Gives back the worker's slot, or the realtime place; nothing happens when none is held. */
  releaseEndpoint(): void {
    const endpoint = this.upstream;
    if (endpoint === null) return;
    this.upstream = null;
    const { scheduling } = this.bound!.upstream;
    if (this.realtime) scheduling.releaseRealtime(endpoint);
    else scheduling.release(this, endpoint);
  }

  granted(endpoint: Endpoint): void {
    this.upstream = endpoint;
    this.queueMs = this.services.clock.nowMs() - this.queuedAtMs;
    resume(this);
  }

  limitAnswered(waitMs: number): void {
    if (!this.finished) guarded(this, () => conclude(this, limitVerdict(this, waitMs)));
  }

  loginKnown(known: boolean): void {
    if (!this.finished) guarded(this, () => conclude(this, takeStrange(this, known)));
  }

  loginBegun(begun: HeldLogin | LoginRefusal): void {
    if (!this.finished) return guarded(this, () => conclude(this, loginVerdict(this, begun)));
    if (!("why" in begun)) begun.settle("unknown", this.bound!.tier.failedLogins, () => {});
  }

  socketAnswered(granted: boolean): void {
    if (!this.finished) return guarded(this, () => conclude(this, socketVerdict(this, granted)));
    if (granted) this.services.sockets.close(this.tenant, this.clientAddress);
  }

  questionFailed(cause: Error): void {
    if (!this.finished) fault(this, cause);
  }

  refused(code: QueueRefusal): void {
    // What was never let into the queue did not wait.
    if (code !== "queue_full") this.queueMs = this.services.clock.nowMs() - this.queuedAtMs;
    settle(this, code);
  }
}
