/**
 * Carries one request to its worker and the response back to its client, with back-pressure both ways.
 *
 * Hot: a small response is one read and one write; the bytes of a read are only lent, so they are copied once into
 * what is written.
 */
import type { Exchange } from "./exchange.ts";
import type { ResponseHead } from "./http1/read-response-head.ts";
import type { ResponseContext } from "./http1/response-reader.ts";
import { fault, guarded, resume, settle } from "./pipeline.ts";
import { requestHead } from "./request-head.ts";
import { interimText } from "./response-head.ts";
import { openTunnel } from "./tunnel.ts";
import type { Endpoint } from "./upstream/endpoint.ts";
import type { NetworkFault } from "./upstream/network-fault.ts";
import { type ResponseSink, WorkerConnection, type WorkerFault } from "./upstream/worker-connection.ts";

export class Relay implements ResponseSink {
  readonly x: Exchange;
  /** Whether a byte of the response head went to the client: from then on only a reset can say that it failed. */
  started = false;
  /** The response head as text until the first write takes it along. */
  #headText = "";
  /** The body goes to the client in chunks of our own. */
  #chunks = false;
  #body = false;
  #connection: WorkerConnection | null = null;
  /** The connection served other requests before. */
  #reused = false;
  /** The whole request was handed to the connection. */
  #sent = false;
  #beganMs = 0;
  #sentMs = 0;
  #over = false;

  constructor(x: Exchange) {
    this.x = x;
  }

  /** Sends the request to `endpoint`, on a kept connection where there is one. */
  begin(endpoint: Endpoint): void {
    const { x } = this;
    const { clock } = x.services;
    const upstream = x.bound!.upstream;
    const now = clock.nowMs();
    const requestTimeoutMs = x.bound!.tier.requestTimeoutMs;
    if (this.#beganMs === 0) this.#beganMs = now;
    const kept = upstream.takeIdle(endpoint, x.realtime ? "realtime" : "http");
    const connection =
      kept ?? new WorkerConnection(endpoint.ip, x.realtime ? endpoint.realtimePort : endpoint.httpPort);
    this.#connection = connection;
    this.#reused = kept !== null;
    x.endpoint = endpoint.label;
    x.connection!.deadlineMs = now + (kept === null ? x.plan.plan.edge.upstream.connectTimeoutMs : requestTimeoutMs);
    const context: ResponseContext = { limits: x.plan.http, toHead: x.method === "HEAD", secure: x.scheme === "https" };
    connection.send(requestHead(x), x.body, this, context);
  }

  // ---- what the worker connection tells

  sending(): void {
    const { x } = this;
    const now = this.#reused ? this.#beganMs : x.services.clock.nowMs();
    this.#sentMs = now;
    x.connectMs = now - this.#beganMs;
    x.services.metrics.connected(x.bound!.upstream.metricsIndex, this.#reused);
    x.connection!.deadlineMs = now + x.bound!.tier.requestTimeoutMs;
  }

  sent(): void {
    this.#sent = true;
    if (this.x.body !== null) this.#sentMs = this.x.services.clock.nowMs();
  }

  drained(): void {
    this.x.connection?.tunnel?.workerDrained();
  }

  interim(head: ResponseHead): void {
    // 100 was answered by the edge where it was expected; others are for the client (RFC 9110 section 15.2).
    if (head.status !== 100 && !this.#over) this.x.connection!.write(interimText(head));
  }

  head(head: ResponseHead): void {
    const { x } = this;
    try {
      if (!x.realtime) x.bound!.upstream.scheduling.succeeded(x.upstream!);
      x.response = head;
      resume(x);
    } catch (cause) {
      fault(x, cause);
    }
  }

  data(bytes: Buffer, from: number, to: number): void {
    if (this.#over) return;
    const { x } = this;
    if (x.connection!.tunnel !== null) return x.connection!.tunnel.fromWorker(bytes, from, to);
    if (!this.#body) return;
    if (x.loginAnswer !== null) x.loginAnswer.feed(bytes, from, to);
    x.bytesOut += to - from;
    if (!this.#write(this.#frame(bytes, from, to))) this.#connection!.pause();
  }

  readDone(): void {
    if (this.#headText !== "" && !this.#over) this.#write(this.#takeHead());
  }

  ended(reusable: boolean): void {
    try {
      this.#ended(reusable);
    } catch (cause) {
      fault(this.x, cause);
    }
  }

  failed(fault: WorkerFault): void {
    guarded(this.x, () => this.#failed(fault));
  }

  // ---- what the response step and the client connection ask

  /** Begins the response to the client; the head waits for the first bytes of the body to go along. */
  respond(headText: string, framing: { readonly chunks: boolean; readonly body: boolean }): void {
    this.#headText = headText;
    this.#chunks = framing.chunks;
    this.#body = framing.body;
    this.started = true;
  }

  /** After a 101: both sides become one tunnel. */
  tunnel(headText: string): void {
    this.started = true;
    this.#write(headText);
    openTunnel(this.x, this.#connection!);
  }

  clientDrained(): void {
    this.#connection?.resume();
  }

  /** The time for connecting, or for the whole request, is over. */
  overdue(): void {
    guarded(this.x, () => {
      if (this.#connection?.connected === false) return this.#unconnected("connect_timeout");
      settle(this.x, this.started ? "response_timeout" : "upstream_timeout");
    });
  }

  /** Lets go of the worker: the exchange ends in another way. Safe to call at any time. */
  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection?.destroy();
    this.#measure();
    this.x.releaseEndpoint();
  }

  /** The tunnel ended: what the client sent is still flushed to the worker. */
  closeTunnel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection?.finish();
    this.#measure();
    this.x.releaseEndpoint();
  }

  // ----

  #ended(reusable: boolean): void {
    if (this.#over) return;
    const { x } = this;
    if (x.connection!.tunnel !== null) return x.connection!.tunnel.workerEnded();
    this.#over = true;
    x.endMs = this.#measure();
    const last = this.#chunks ? LAST_CHUNK : "";
    if (this.#headText !== "" || last !== "") this.#write(this.#takeHead() + last);
    const upstream = x.bound!.upstream;
    if (reusable) {
      this.#connection!.resume();
      upstream.keep(x.upstream!, x.realtime ? "realtime" : "http", this.#connection!, x.endMs);
    }
    x.releaseEndpoint();
    resume(x);
  }

  #failed(fault: WorkerFault): void {
    if (this.#over) return;
    const { x } = this;
    if (x.connection!.tunnel !== null) return x.connection!.tunnel.workerGone();
    if (!this.#connection!.connected) return this.#unconnected(fault);
    x.detail = `worker: ${fault}`;
    if (this.started) return settle(x, "response_cut");
    // A worker may end a connection that it kept, or one on which it answered early: that says nothing against it.
    if (fault === "reset" && !this.#reused && this.#sent) this.#blame("reset");
    settle(
      x,
      fault === "malformed" ? "malformed_response" : fault === "body_unreadable" ? "body_storage" : "upstream_reset",
    );
  }

  /** Nothing was sent: another endpoint may be asked. */
  #unconnected(fault: WorkerFault): void {
    const { x } = this;
    const { metricsIndex } = x.bound!.upstream;
    this.#connection!.destroy();
    x.detail = `worker: ${fault}`;
    const network = networkFault(fault);
    if (network !== null) x.services.metrics.increment("connects_total", 1, metricsIndex, network);
    this.#blame(network);
    const next = this.#another(x.upstream!);
    if (next === null) {
      x.upstream = null;
      return settle(x, "connect_failure");
    }
    x.services.metrics.increment("retries_total", 1, metricsIndex);
    x.upstream = next;
    this.begin(next);
  }

  /** An endpoint that this request did not try yet, in place of `previous`, which is given back. */
  #another(previous: Endpoint): Endpoint | null {
    const { x } = this;
    const { scheduling } = x.bound!.upstream;
    const next = x.realtime ? scheduling.anotherRealtime(previous, x) : scheduling.another(previous, x);
    return next === "connect_failure" ? null : next;
  }

  #blame(fault: NetworkFault | null): void {
    const { x } = this;
    if (fault !== null && !x.realtime) x.bound!.upstream.scheduling.failed(x.upstream!, fault);
  }

  /** Notes how long the worker took; returns the time. */
  #measure(): number {
    const now = this.x.services.clock.nowMs();
    if (this.#sentMs > 0) this.x.workerMs = now - this.#sentMs;
    return now;
  }

  #takeHead(): string {
    const text = this.#headText;
    this.#headText = "";
    return text;
  }

  #write(bytes: Buffer | string): boolean {
    return this.x.connection!.write(bytes);
  }

  /**
   * The head, if it still waits, the piece, and its chunk framing, as one write. A small piece goes as a string, which
   * the collector of young objects frees; a buffer counts as memory outside of its heap and calls for the slow one.
   */
  #frame(bytes: Buffer, from: number, to: number): Buffer | string {
    const before = this.#chunks ? `${this.#takeHead()}${(to - from).toString(16)}\r\n` : this.#takeHead();
    const after = this.#chunks ? "\r\n" : "";
    if (to - from <= STRING_BYTES_MAX) return before + bytes.toString("latin1", from, to) + after;
    const out = Buffer.allocUnsafe(before.length + to - from + after.length);
    out.write(before, 0, "latin1");
    bytes.copy(out, before.length, from, to);
    out.write(after, before.length + to - from, "latin1");
    return out;
  }
}

const STRING_BYTES_MAX = 8 * 1024;
const LAST_CHUNK = "0\r\n\r\n";

/** What of a connection's failure speaks against the endpoint; null for what this machine lacks. */
function networkFault(fault: WorkerFault): NetworkFault | null {
  if (fault === "closed") return "reset";
  return fault === "local" || fault === "malformed" || fault === "body_unreadable" ? null : fault;
}
