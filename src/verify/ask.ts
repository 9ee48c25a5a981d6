/** Requests as bytes: whatever a probe wants to send, nothing normalised. */
import { shellLine, USER_AGENT } from "./shell-line.ts";
import type { Ask, Target } from "./types.ts";

/**
 * An HTTP/1.1 request. `fields` are lines, `Name: value`; added where missing: Host, a User-Agent, `Connection: close`
 * and the body's length. One char per byte everywhere.
 */
export function ask(to: Target, method: string, target: string, fields: readonly string[] = [], body = ""): Ask {
  const has = (name: string): boolean => fields.some((field) => field.toLowerCase().startsWith(`${name}:`));
  const lines = [
    ...(has("host") ? [] : [`Host: ${to.own.host}`]),
    `User-Agent: ${USER_AGENT}`,
    ...fields,
    ...(has("connection") ? [] : ["Connection: close"]),
    ...(body === "" && method !== "POST" ? [] : [`Content-Length: ${body.length}`]),
  ];
  return raw(to, `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}

export function get(to: Target, target: string, ...fields: string[]): Ask {
  return ask(to, "GET", target, fields);
}

/** A POST of JSON; a value that is no text yet is written as JSON. */
export function postJson(to: Target, target: string, value: unknown, ...fields: string[]): Ask {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return ask(to, "POST", target, ["Content-Type: application/json", ...fields], body);
}

/** A POST of XML, as Python's own client words its head. */
export function postXml(to: Target, target: string, body: string): Ask {
  return ask(to, "POST", target, ["Content-Type: text/xml"], body);
}

/** Exactly these bytes, one char each. */
export function raw(to: Target, bytes: string): Ask {
  return { bytes, shown: shellLine(to, bytes) };
}
