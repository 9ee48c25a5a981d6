import { BlockList, isIP } from "node:net";

/** Where no worker can be: link-local and cloud metadata, unspecified, multicast and reserved; with the prefix length. */
const forbiddenNetworks = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 3], // multicast, reserved, broadcast
  ["100.100.100.200", 32], // Alibaba Cloud metadata
  ["168.63.129.16", 32], // Azure wire server
  ["192.0.0.192", 32], // Oracle Cloud metadata
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  ["fd00:ec2::254", 128], // EC2 metadata
  ["fd20:ce::254", 128], // Google Cloud metadata
  ["fd00:42::42", 128], // Scaleway metadata
  // link-local IPv4 inside IPv6: IPv4-compatible, NAT64 (RFC 6052), 6to4 (RFC 3056); mapped forms match the IPv4 rows
  ["::a9fe:0", 112],
  ["64:ff9b::a9fe:0", 112],
  ["2002:a9fe::", 32],
] as const;

const forbidden = new BlockList();
for (const [network, prefix] of forbiddenNetworks) {
  forbidden.addSubnet(network, prefix, isIP(network) === 4 ? "ipv4" : "ipv6");
}

/**
 * Whether the edge must not connect to this address, because a name that resolves to it could make a request reach
 * what only the machine itself may ask.
 *
 * Anything that is not a plain IP address, a zoned one (`fe80::1%eth0`) included, is forbidden too. Loopback and private
 * networks are not: that is where workers are.
 */
export function isForbiddenAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes("%")) return true;
  return forbidden.check(address, family === 4 ? "ipv4" : "ipv6");
}
