/**
 * What must hold on both sides of the edge, whatever a client sent. Each check returns its findings; none is a pass.
 */
import type { RawExchange, StrictResponses } from "./raw-client.ts";
import { echoOf, type RecordedConnection, type RecordedRequest } from "./recording-worker.ts";
import { fieldValues } from "./strict-http.ts";

/** One exchange as both sides saw it. */
export interface Observation {
  readonly exchange: RawExchange;
  readonly responses: StrictResponses;
  readonly connections: readonly RecordedConnection[];
  /** Requests that the proxy says it has forwarded. */
  readonly forwarded: number;
}

/** What a worker may see of one exchange. */
export interface Allowance {
  readonly requestsMin: number;
  readonly requestsMax: number;
  /** Hosts that a request at the worker may be for, without a port. */
  readonly hosts: readonly string[];
  /** Text that no request line at the worker may hold. */
  readonly forbidden: readonly string[];
}

type Check = (seen: Observation, requests: readonly RecordedRequest[], allowance: Allowance) => string[];

/** Names that only the edge may send, or that end at it. */
const forbiddenNames = new Set([
  "x-odoo-database",
  "x-odoo-dbfilter",
  "x-openerp-dbfilter",
  "expect",
  "http2-settings",
  "proxy-authorization",
  "forwarded",
  "x-original-url",
  "x-rewrite-url",
]);

const withoutPort = (host: string) => host.replace(/:[0-9]+$/, "");

const countOfRequests: Check = (seen, requests, { requestsMin, requestsMax }) => [
  ...(requests.length < requestsMin || requests.length > requestsMax
    ? [`${requests.length} requests at the worker, not ${requestsMin} to ${requestsMax}`]
    : []),
  ...(requests.length === seen.forwarded
    ? []
    : [`${requests.length} requests at the worker, ${seen.forwarded} in the log`]),
  ...seen.connections.filter((c) => c.rest !== "").map((c) => `stray bytes at the worker: ${JSON.stringify(c.rest)}`),
];

const exactBytes: Check = (_seen, requests) => requests.flatMap((request) => request.faults);

const identityOfTheEdge: Check = (_seen, requests) =>
  requests.flatMap(({ fields }) => [
    ...fields.filter(([name]) => forbiddenNames.has(name.toLowerCase())).map(([name]) => `${name} reached the worker`),
    ...fieldValues(fields, "upgrade")
      .filter((value) => value !== "websocket")
      .map((value) => `Upgrade: ${value} reached the worker`),
    ...(fieldValues(fields, "x-forwarded-host").join() === fieldValues(fields, "host").join()
      ? []
      : [`X-Forwarded-Host ${fieldValues(fields, "x-forwarded-host")} beside Host ${fieldValues(fields, "host")}`]),
  ]);

const hostOfTheTenant: Check = (_seen, requests, { hosts, forbidden }) =>
  requests.flatMap((request) => {
    const got = fieldValues(request.fields, "host");
    return [
      ...(got.length === 1 && hosts.includes(withoutPort(got[0]!))
        ? []
        : [`Host ${JSON.stringify(got)} at the worker`]),
      ...forbidden.filter((text) => request.target.includes(text)).map((text) => `${text} as a request's target`),
    ];
  });

/** Refusals after which nothing that follows on the connection can be trusted. */
const endOfConnection = new Set([400, 408, 413, 415, 417, 426, 431, 501]);

const closedAfterRefusal: Check = ({ responses, exchange }) =>
  responses.finals.flatMap(({ status }, i) =>
    endOfConnection.has(status) && (i + 1 < responses.finals.length || exchange.ended === "idle")
      ? [`the connection went on after ${status}`]
      : [],
  );

/** Assumes a worker with `echoScript`, the only one here that answers 200. */
const ownResponses: Check = ({ responses }, requests) => {
  const answered = responses.finals.filter(({ status }) => status === 200);
  return [
    ...responses.finals.flatMap(({ faults }) => faults.map((fault) => `response: ${fault}`)),
    ...(responses.rest === "" ? [] : [`bytes that are no response: ${JSON.stringify(responses.rest)}`]),
    ...answered
      .filter(
        ({ body }, i) => requests[i] === undefined || (body !== echoOf(requests[i]) && requests[i].method !== "HEAD"),
      )
      .map(({ body }) => `answer ${JSON.stringify(body)} belongs to another request`),
  ];
};

const checks: readonly Check[] = [
  countOfRequests,
  exactBytes,
  identityOfTheEdge,
  hostOfTheTenant,
  closedAfterRefusal,
  ownResponses,
];

/** Everything wrong with one exchange; empty when all six checks hold. */
export function judge(seen: Observation, allowance: Allowance): string[] {
  const requests = seen.connections.flatMap((connection) => connection.requests);
  return checks.flatMap((check) => check(seen, requests, allowance));
}
