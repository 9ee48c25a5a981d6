import type { AnswerCode } from "../core/answers.ts";

/**
 * What is known of one request when it is over: the source of its access line, its metrics and its audit entry.
 *
 * Strings are empty and durations 0 where the request did not get that far. Nothing here may hold a query string, a
 * cookie, a body or a credential.
 */
export interface AccessRecord {
  /** Wall clock at the first byte of the head. */
  readonly startEpochMs: number;
  readonly requestId: string;
  /** Name of the listener. */
  readonly listener: string;
  /** Client address as the edge believes it. */
  readonly clientAddress: string;
  readonly method: string;
  /** Canonical host that the client asked for. */
  readonly host: string;
  /** Canonical path, without the query. */
  readonly path: string;
  readonly tenant: string;
  readonly pool: string;
  /** The two as `placeText` writes them. */
  readonly place: string;
  /** Index that `EdgeMetrics.poolIndex(pool)` gave; 0 when no pool was found. */
  readonly poolIndex: number;
  readonly rule: string;
  /** Index into `ruleNames`; -1 when no rule was found. */
  readonly ruleIndex: number;
  /** `address:port` of the worker that answered. */
  readonly endpoint: string;
  /** The edge's own answer, or empty where the worker's was relayed whole. */
  readonly code: AnswerCode | "";
  /** Why, in a few words without a value from the request; empty where the code says it all. */
  readonly detail: string;
  /** Status sent to the client; 0 when none was. */
  readonly status: number;
  /** Bytes of request body received. */
  readonly bytesIn: number;
  /** Bytes of response body sent. */
  readonly bytesOut: number;
  readonly queueMs: number;
  readonly connectMs: number;
  /** From the request's last byte sent to the end of the worker's response. */
  readonly workerMs: number;
  /** From the first byte of the head to the end of the response; a tunnel's whole life. */
  readonly totalMs: number;
  /** Whether this was a tunnel (WebSocket). */
  readonly tunnel: boolean;
  /** What this request's failed login blocked and for how long, in a few words; empty where it began no block. */
  readonly loginBlock: string;
}
