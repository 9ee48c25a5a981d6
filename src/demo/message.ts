import { STATUS_CODES } from "node:http";
import type { Duplex, Readable } from "node:stream";

/** One header field as it stood on the wire, name first. */
export type Field = readonly [name: string, value: string];

/** A request as a stand-in worker read it. */
export interface WorkerRequest {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];
  readonly body: Buffer;
}

/** What a stand-in worker answers. A body without Content-Length among the fields ends with the connection. */
export interface WorkerResponse {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: Buffer | Readable;
  /** What takes the connection over after a 101. */
  readonly tunnel?: (socket: Duplex) => void;
}

/** Everything behind the sockets of one port; never rejects. */
export type Application = (request: WorkerRequest) => Promise<WorkerResponse>;

/**
 * Value of a request field, empty when it is missing.
 *
 * Repeated fields are joined with a comma and `_` reads as `-`, as WSGI under Werkzeug before 3 does it.
 */
export function fieldValue(request: WorkerRequest, name: string): string {
  return request.fields
    .filter(([given]) => given.toLowerCase().replaceAll("_", "-") === name)
    .map(([, value]) => value)
    .join(",");
}

/** A page without Content-Length, as QWeb sends it. */
export function html(status: number, body: string, fields: readonly Field[] = []): WorkerResponse {
  return { status, fields: [["Content-Type", "text/html; charset=utf-8"], ...fields], body: Buffer.from(body) };
}

/** Any value as JSON, with its length. */
export function json(value: unknown, fields: readonly Field[] = []): WorkerResponse {
  return framed(200, "application/json; charset=utf-8", Buffer.from(JSON.stringify(value)), fields);
}

/** A body whose length is told. */
export function framed(status: number, type: string, body: Buffer, fields: readonly Field[] = []): WorkerResponse {
  return { status, fields: [["Content-Type", type], ["Content-Length", String(body.length)], ...fields], body };
}

/** A redirect with the short page that Werkzeug adds to it. */
export function redirect(status: 301 | 302 | 303, location: string): WorkerResponse {
  const body = Buffer.from("<!doctype html>\n<title>Redirecting...</title>\n");
  return framed(status, "text/html; charset=utf-8", body, [["Location", location]]);
}

/** Text made safe to stand in a page. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Status line and fields as bytes of one string (latin1), the empty line included. */
export function responseHead(
  version: "HTTP/1.0" | "HTTP/1.1",
  response: WorkerResponse,
  extra: readonly Field[],
): string {
  const lines = [...response.fields, ...extra].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${version} ${response.status} ${STATUS_CODES[response.status]}\r\n${lines.join("")}\r\n`;
}
