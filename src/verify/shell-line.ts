/** A request as one line for a POSIX shell, so that what the probe saw can be seen again. */
import type { Target } from "./types.ts";

/** How the probe names itself, so that an operator finds it in a log. */
export const USER_AGENT = "hostward-verify";

/** Longest line that is worth pasting, in characters. */
const SHOWN_MAX = 1200;

/** curl where curl can send it; `printf` into a bare connection where only the bytes themselves will do. */
export function shellLine(to: Target, bytes: string): string {
  const line = curlLine(to, bytes) ?? pipedLine(to, bytes);
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line;
}

/** A head that is nothing but a plain request line and plain fields. */
const PLAIN_HEAD = /^([A-Z]+) ([\x21-\x7e]+) HTTP\/1\.1\r\n((?:[\w-]+: ?[\x20-\x7e]*\r\n)*)\r\n([\x20-\x7e]*)$/;

function curlLine(to: Target, bytes: string): string | null {
  const parts = PLAIN_HEAD.exec(bytes);
  if (parts === null) return null;
  const [, method = "", target = "", head = "", body = ""] = parts;
  const fields = head.split("\r\n").slice(0, -1);
  const names = fields.map((field) => field.slice(0, field.indexOf(":")).toLowerCase());
  const length = fields.find((_, i) => names[i] === "content-length")?.slice("Content-Length: ".length) ?? "0";
  const framed = !names.includes("transfer-encoding") && length === String(body.length);
  if (!framed || new Set(names).size !== names.length || method === "CONNECT") return null;
  const usual = new Set([`Host: ${to.own.host}`, `User-Agent: ${USER_AGENT}`, "Connection: close"]);
  const kept = fields.filter((field, i) => !usual.has(field) && names[i] !== "content-length");
  const direct = target.startsWith("/") && !/[#\s]/.test(target);
  return [
    `curl -sSi${to.insecure ? "k" : ""} --http1.1 --path-as-is`,
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...kept.map((field) => `-H ${quote(field)}`),
    ...(body === "" ? [] : [`--data-binary ${quote(body)}`]),
    ...(direct ? [] : [`--request-target ${quote(target)}`]),
    ...(reachedByName(to) ? [] : [`--connect-to ${quote(`::${addressOf(to)}`)}`]),
    quote(`${to.scheme}://${to.own.host}${direct ? target : "/"}`),
  ].join(" ");
}

function pipedLine(to: Target, bytes: string): string {
  const { host, port } = to.connect;
  const name = to.own.host.replace(/:\d+$/, "");
  const into =
    to.scheme === "https"
      ? `openssl s_client -quiet -connect ${addressOf(to)} -servername ${name}`
      : `nc ${host} ${port}`;
  return `printf '${printfFormat(bytes)}' | ${into}`;
}

/** The format that makes `printf` write these bytes (POSIX: octal escapes). */
function printfFormat(bytes: string): string {
  return bytes.replace(/[\\%'\r\n]|[^\x20-\x7e]/g, (char) => {
    const known = { "\\": "\\\\", "%": "%%", "\r": "\\r", "\n": "\\n" }[char];
    return known ?? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Whether the hostname itself leads to the edge, as far as the command line says. */
function reachedByName({ scheme, own, connect }: Target): boolean {
  const defaultPort = scheme === "https" ? 443 : 80;
  return own.host === connect.host + (connect.port === defaultPort ? "" : `:${connect.port}`);
}

/** Host and port in one word, IPv6 in brackets. */
function addressOf({ connect: { host, port } }: Target): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
