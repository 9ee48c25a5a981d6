import { isIP } from "node:net";
import { type AddressSet, plainAddress } from "./addresses.ts";

/**
 * The client's address as the edge believes it.
 *
 * It is the peer, unless that is a trusted proxy: then X-Forwarded-For (lines joined with `,`) is walked from the right
 * past trusted hops to the first untrusted address. What is no plain address ends the walk at the last hop that was.
 */
export function clientAddress(peer: string, forwardedFor: string | null, trusted: AddressSet | null): string {
  let client = plainAddress(peer);
  if (forwardedFor === null || trusted === null) return client;
  let end = forwardedFor.length;
  while (end >= 0 && trusted.has(client)) {
    const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(",", end - 1);
    const hop = plainAddress(forwardedFor.slice(comma + 1, end).trim());
    if (isIP(hop) === 0 || hop.includes("%")) break;
    client = hop;
    end = comma;
  }
  return client;
}

/**
 * The scheme that the client used: the listener's, or what a trusted peer's X-Forwarded-Proto says. `ws` and `wss`,
 * which some proxies write for WebSockets, are `http` and `https`; any other value is not believed.
 */
export function clientProto(
  peer: string,
  forwardedProto: string | null,
  trusted: AddressSet | null,
  listenerProto: "http" | "https",
): "http" | "https" {
  if (forwardedProto === null || trusted === null || !trusted.has(peer)) return listenerProto;
  switch (forwardedProto.trim().toLowerCase()) {
    case "http":
    case "ws":
      return "http";
    case "https":
    case "wss":
      return "https";
    default:
      return listenerProto;
  }
}
