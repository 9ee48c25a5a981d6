/** One request to one host, or to many. */
import type { RequestTemplate, Traffic } from "./traffic.ts";

/** A request as a user writes it. */
export interface WrittenRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Field lines, `Name: value`. */
  readonly fields: readonly string[];
  /** UTF-8; empty: none. */
  readonly body: string;
  /** Statuses that are right; empty: any. */
  readonly expect: readonly number[];
}

/** The same request to every host; `zipf` as in Traffic. */
export function urlTraffic(request: WrittenRequest, hosts: readonly string[], zipf: number): Traffic {
  const { method, target } = request;
  const path = target.split("?", 1)[0]; // a query may hold what no report should
  const words = hosts.length === 1 ? `${method} ${path}` : `${method} ${path}, ${hosts.length} hosts, zipf ${zipf}`;
  return { hosts, zipf, clients: 0, requests: [templateOf(request)], words };
}

function templateOf({ method, target, fields, body, expect }: WrittenRequest): RequestTemplate {
  const names = fields.map((line) => line.slice(0, line.indexOf(":")).toLowerCase());
  const usual = ["User-Agent: hostward-bench", "Accept: */*"].filter(
    (line) => !names.includes(line.slice(0, line.indexOf(":")).toLowerCase()),
  );
  return {
    weight: 1,
    method,
    head: [target, ...usual, ...fields].join("\r\n"),
    body: Buffer.from(body, "utf8").toString("latin1"),
    expect,
    upgrade: false,
  };
}
