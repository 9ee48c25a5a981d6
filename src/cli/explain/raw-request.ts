/** A command line's words → the bytes that a client would send. */

/** A URL as it was written: nothing in it is normalised, as that is the edge's to do. */
export interface RequestUrl {
  readonly scheme: "http" | "https";
  readonly authority: string;
  /** What clients connect to: the authority's port, or the scheme's. */
  readonly port: number;
  /** Path and query. */
  readonly target: string;
}

/** One request as the command line describes it. */
export interface RequestWords {
  readonly url: RequestUrl;
  readonly method: string | null;
  /** Field lines as written, `Name: value`. */
  readonly fields: readonly string[];
  readonly body: Buffer | null;
}

const URL_PARTS = /^(https?):\/\/([^/?#@\s]+)([/?][^#\r\n]*)?(?:#.*)?$/i;
const PORT = /:(\d{1,5})$/;

/** Takes a URL apart; null when it is no http or https URL, or carries user information. */
export function parseUrl(text: string): RequestUrl | null {
  const parts = URL_PARTS.exec(text);
  if (parts === null) return null;
  const [, scheme = "", authority = "", rest = ""] = parts;
  const secure = scheme.toLowerCase() === "https";
  const port = Number(PORT.exec(authority)?.[1] ?? (secure ? 443 : 80));
  return { scheme: secure ? "https" : "http", authority, port, target: rest.startsWith("/") ? rest : `/${rest}` };
}

/** Whether a word can stand in a head without beginning another line. */
export function isOneLine(word: string): boolean {
  return !/[\r\n]/.test(word);
}

/**
 * The request as bytes. What is given stands as it is; added where missing: `Host` from the URL, for a body
 * `Content-Length` and the type that curl names, and for https the `X-Forwarded-Proto` of the proxy that ended TLS.
 */
export function rawRequest({ url, method, fields, body }: RequestWords): Buffer {
  const names = new Set(fields.map((field) => field.slice(0, field.indexOf(":")).trim().toLowerCase()));
  const lines = [`${method ?? (body === null ? "GET" : "POST")} ${url.target} HTTP/1.1`];
  const add = (name: string, value: string): void => {
    if (!names.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  };
  add("Host", url.authority);
  if (url.scheme === "https") add("X-Forwarded-Proto", "https");
  lines.push(...fields);
  if (body !== null) {
    add("Content-Type", "application/x-www-form-urlencoded");
    if (!names.has("transfer-encoding")) add("Content-Length", String(body.length));
  }
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}
