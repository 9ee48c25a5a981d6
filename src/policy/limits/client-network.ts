import { isIPv6 } from "node:net";

/**
 * The network that counts as one client: an IPv4 address by itself, an IPv6 address by its /64, which is what one
 * subscriber is given and may pick addresses from at will (RFC 6177). Anything that is no address is its own text.
 */
export function clientNetwork(address: string): string {
  return isIPv6(address) ? `${firstGroups(address).join(":")}::/64` : address;
}

/** The first four of an IPv6 address's eight groups, without leading zeros. */
function firstGroups(address: string): string[] {
  const [head = "", tail] = address.split("::");
  const front = groupsOf(head);
  if (tail === undefined) return front.slice(0, 4);
  const back = groupsOf(tail);
  const zeros = new Array<string>(Math.max(0, 8 - width(front) - width(back))).fill("0");
  return [...front, ...zeros, ...back].slice(0, 4);
}

function groupsOf(part: string): string[] {
  return part === "" ? [] : part.split(":").map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""));
}

/** Groups that the parts stand for: dotted IPv4 at the end is two. */
function width(groups: readonly string[]): number {
  return groups.length + (groups.at(-1)?.includes(".") ? 1 : 0);
}
