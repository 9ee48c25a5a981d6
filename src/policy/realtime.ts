import { canonicalHost } from "./host.ts";

/** First Odoo that speaks WebSocket; earlier ones hold a poll. */
const FIRST_WITH_WEBSOCKET = 16;

/** Whether a request asks for a WebSocket (RFC 6455 section 4.1): `upgrade` is the whole Upgrade field, no list. */
export function isWebSocketUpgrade(method: string, connectionHasUpgrade: boolean, upgrade: string): boolean {
  return method === "GET" && connectionHasUpgrade && upgrade.toLowerCase() === "websocket";
}

/**
 * Whether a request belongs on the realtime port; everything else goes to the HTTP port.
 *
 * `path` is canonical with its inner slashes: the worker compares it as it is, and so is anything that only resembles it
 * an ordinary page. `upgrade`: what `isWebSocketUpgrade` said.
 */
export function goesToRealtime(path: string, upgrade: boolean, odooMajor: number): boolean {
  return odooMajor >= FIRST_WITH_WEBSOCKET ? upgrade && path === "/websocket" : path === "/longpolling/poll";
}

/** What a tenant calls its own when an Origin is judged. */
export interface OriginFacts {
  /** Canonical. */
  readonly hostname: string;
  /** Hostnames of its aliases, canonical. */
  readonly aliases: readonly string[];
  /** The port that clients see on this listener. */
  readonly externalPort: number;
  /** Further origins as written in the catalog, serialised: `https://shop.example`. */
  readonly listed: readonly string[];
}

/**
 * Whether a WebSocket may open from this Origin (null: the field is missing, which Odoo answers itself).
 *
 * Without a session any origin may: a livechat embedded in another site opens one from an opaque origin. With one,
 * only the tenant's own, by either scheme on the listener's external port, or one on its list.
 */
export function originAllowed(origin: string | null, hasSession: boolean, own: OriginFacts): boolean {
  return origin === null || !hasSession || own.listed.includes(origin) || isOwnOrigin(origin, own);
}

function isOwnOrigin(origin: string, own: OriginFacts): boolean {
  const secure = origin.startsWith("https://");
  if (!secure && !origin.startsWith("http://")) return false;
  const authority = origin.slice(secure ? 8 : 7);
  const host = canonicalHost(authority);
  if (host === "" || (host !== own.hostname && !own.aliases.includes(host))) return false;
  const colon = authority.indexOf(":");
  const port = colon < 0 ? (secure ? 443 : 80) : Number(authority.slice(colon + 1));
  return port === own.externalPort;
}
