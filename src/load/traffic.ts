/** What is asked: hosts, and requests that are the same for each of them but for its name. */
import type { Random } from "./random.ts";

/** One kind of request, as pieces of latin1 text between which the words of the host that is asked stand. */
export interface RequestTemplate {
  /** How often it comes, relative to the others. */
  readonly weight: number;
  readonly method: string;
  /** Request target and fields, without Host, Content-Length and the empty line. */
  readonly head: string;
  /** One character per byte. */
  readonly body: string;
  /** Statuses that are right; empty: any. */
  readonly expect: readonly number[];
  /** A WebSocket's opening handshake, after which the socket is held open. */
  readonly upgrade: boolean;
}

/** Stands in a template for the host's name, and for its origin (`https://acme.example`). */
export const hostMark = "\u0001";
export const originMark = "\u0002";

/** Plain data, so that it can be handed to a thread. */
export interface Traffic {
  readonly hosts: readonly string[];
  /** Exponent of the hosts' popularity: 0 is even, 1 the classic law of Zipf. The first host is the most popular. */
  readonly zipf: number;
  readonly requests: readonly RequestTemplate[];
  /** Addresses that the requests say in X-Forwarded-For that they come from, for an edge that trusts this machine; 0: none. */
  readonly clients: number;
  /** In words, for reports. */
  readonly words: string;
}

/** A request ready to be written. */
export interface PreparedRequest {
  readonly method: string;
  /** Head and body, one character per byte. */
  readonly text: string;
  /** Host that the answering worker must have seen, without port. */
  readonly host: string;
  readonly expect: readonly number[];
  readonly upgrade: boolean;
}

/** Prepared requests that are kept; beyond it the same ones are made again. */
const keptMax = 1024;
/** Larger ones are not kept: what they cost is their bytes. */
const keptBytesMax = 16 * 1024;

/** Draws requests of the traffic; `originPort` is the port that clients see. */
export function requestSource(traffic: Traffic, originPort: number, random: Random): () => PreparedRequest {
  const next = preparedSource(traffic, originPort, random);
  const { clients } = traffic;
  return clients === 0 ? next : () => fromClient(next(), Math.floor(random() * clients));
}

function fromClient(request: PreparedRequest, client: number): PreparedRequest {
  const second = request.text.indexOf("\r\n") + 2;
  const address = `10.${client >>> 16}.${(client >>> 8) & 255}.${client & 255}`;
  const text = `${request.text.slice(0, second)}X-Forwarded-For: ${address}\r\n${request.text.slice(second)}`;
  return { ...request, text };
}

function preparedSource({ hosts, zipf, requests }: Traffic, originPort: number, random: Random): () => PreparedRequest {
  const pickHost = picker(
    hosts.map((_, i) => (i + 1) ** -zipf),
    random,
  );
  const pickRequest = picker(
    requests.map(({ weight }) => weight),
    random,
  );
  const kept = new Map<number, PreparedRequest>();
  return () => {
    const host = pickHost();
    const request = pickRequest();
    const key = host * requests.length + request;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = prepare(requests[request]!, hosts[host]!, originPort);
    if (kept.size < keptMax && made.text.length <= keptBytesMax) kept.set(key, made);
    return made;
  };
}

/** Indices, each as often as its weight says. Draws nothing where there is no choice. */
export function picker(weights: readonly number[], random: Random): () => number {
  if (weights.length === 1) return () => 0;
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (const [i, weight] of weights.entries()) sums[i] = sum += weight;
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** The bytes of one request to one host. */
export function prepare(template: RequestTemplate, host: string, originPort: number): PreparedRequest {
  const { method, expect, upgrade } = template;
  const origin = originOf(host, originPort);
  const words = (text: string) => text.replaceAll(hostMark, host).replaceAll(originMark, origin);
  const body = words(template.body);
  const [line = "", ...fields] = words(template.head).split("\r\n");
  const length = body === "" && method !== "POST" && method !== "PUT" ? [] : [`Content-Length: ${body.length}`];
  const head = [`${method} ${line} HTTP/1.1`, `Host: ${host}`, ...fields, ...length].join("\r\n");
  return { method, text: `${head}\r\n\r\n${body}`, host: host.replace(/:\d+$/, "").toLowerCase(), expect, upgrade };
}

function originOf(host: string, port: number): string {
  if (port === 443) return `https://${host}`;
  return host.includes(":") || port === 80 ? `http://${host}` : `http://${host}:${port}`;
}
