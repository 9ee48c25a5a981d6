import { BlockList, isIPv4, isIPv6 } from "node:net";

/** A set of networks. */
export interface AddressSet {
  /** Whether an IPv4 or IPv6 address lies in one of them; false for anything that is no address. */
  has(address: string): boolean;
}

/**
 * Compiles networks (`10.0.0.0/8`, `2001:db8::/32`, or one address) to a set. An IPv4 address and its IPv6 form
 * `::ffff:1.2.3.4` are the same. Throws for a network that is none: the catalog has checked them.
 */
export function compileAddresses(cidrs: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const cidr of cidrs) addNetwork(list, cidr);
  return {
    has(address) {
      if (isIPv4(address)) return list.check(address, "ipv4");
      return isIPv6(address) && !address.includes("%") && list.check(address, "ipv6");
    },
  };
}

/** `set`, and one address more. */
export function withAddress(set: AddressSet | null, address: string): AddressSet {
  return { has: (asked) => asked === address || (set?.has(asked) ?? false) };
}

/** An address without its IPv4-mapped prefix: `::ffff:1.2.3.4` → `1.2.3.4`, as dual-stack sockets name IPv4 peers. */
export function plainAddress(address: string): string {
  if (!address.startsWith("::")) return address;
  const tail = address.slice(MAPPED.length);
  return isIPv4(tail) && address.slice(0, MAPPED.length).toLowerCase() === MAPPED ? tail : address;
}

const MAPPED = "::ffff:";

function addNetwork(list: BlockList, cidr: string): void {
  const slash = cidr.indexOf("/");
  const address = slash < 0 ? cidr : cidr.slice(0, slash);
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const prefix = slash >= 0 ? cidr.slice(slash + 1) : family === "ipv4" ? "32" : "128";
  if (!/^\d{1,3}$/.test(prefix)) throw new Error(`no network: ${cidr}`);
  list.addSubnet(address, Number(prefix), family);
}
