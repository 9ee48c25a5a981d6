import { BlockList, isIP, isIPv4, SocketAddress } from "node:net";
import { scanDnsName } from "./hostname.ts";
import type { Scanned } from "./scanned.ts";

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** An IP address in canonical text; an IPv4-mapped IPv6 address is the IPv4 address that it reaches. */
export function scanIpAddress(text: string): Scanned<string> {
  if (isIP(text) === 0 || text.includes("%")) return { fault: "must be an IP address" };
  if (isIPv4(text)) return { value: text };
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  return { value: MAPPED.exec(address)?.[1] ?? address };
}

/** An IP address, or a hostname to be resolved. */
export function scanEndpointAddress(text: string): Scanned<string> {
  const ip = scanIpAddress(text);
  if ("value" in ip) return ip;
  const name = scanDnsName(text);
  return "value" in name ? name : { fault: `must be an IP address or a hostname; as a hostname it ${name.fault}` };
}

/** A network in canonical CIDR text; a plain address is the network of that address alone. */
export function scanNetwork(text: string): Scanned<string> {
  const [addressText = "", bitsText, ...rest] = text.split("/");
  const address = scanIpAddress(addressText);
  if ("fault" in address || rest.length > 0) return { fault: "must be a CIDR or an IP address" };
  const bitsMax = isIPv4(address.value) ? 32 : 128;
  if (bitsText === undefined) return { value: `${address.value}/${bitsMax}` };
  if (isIPv4(address.value) && !isIPv4(addressText)) {
    return { fault: "must not be a network of IPv4-mapped addresses", hint: "write the IPv4 network" };
  }
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(bitsText) || Number(bitsText) > bitsMax) {
    return { fault: `must have a prefix length from 0 to ${bitsMax}` };
  }
  const network = maskAddress(address.value, Number(bitsText));
  if (network !== address.value) {
    return {
      fault: "must not have bits set behind the prefix",
      hint: `write ${network}/${bitsText}, or the address alone`,
    };
  }
  return { value: `${network}/${bitsText}` };
}

/** The first address of the network of `bits` that holds `address`, in canonical text. */
function maskAddress(address: string, bits: number): string {
  const v4 = isIPv4(address);
  const groupBits = v4 ? 8 : 16;
  const groups = v4 ? address.split(".").map(Number) : expandIpv6(address);
  const masked = groups.map((group, i) => {
    const kept = Math.min(groupBits, Math.max(0, bits - i * groupBits));
    return group & ~(2 ** (groupBits - kept) - 1);
  });
  if (v4) return masked.join(".");
  return new SocketAddress({ address: masked.map((group) => group.toString(16)).join(":"), family: "ipv6" }).address;
}

/** The eight groups of a canonical IPv6 address. */
function expandIpv6(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const byte = (i: number): number => Number(dotted?.[i]);
  const hex = (high: number, low: number): string => (high * 256 + low).toString(16);
  const text = dotted === null ? address : `${dotted[1]}${hex(byte(2), byte(3))}:${hex(byte(4), byte(5))}`;
  const [head = "", tail] = text.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return groups(head);
  const zeros = new Array<number>(8 - groups(head).length - groups(tail).length).fill(0);
  return [...groups(head), ...zeros, ...groups(tail)];
}

const metadata = new BlockList();
metadata.addSubnet("169.254.0.0", 16, "ipv4"); // link-local: AWS, Azure, Google, OpenStack, ... at 169.254.169.254
metadata.addAddress("100.100.100.200", "ipv4"); // Alibaba
metadata.addAddress("192.0.0.192", "ipv4"); // Oracle
metadata.addSubnet("fe80::", 10, "ipv6");
metadata.addAddress("fd00:ec2::254", "ipv6"); // AWS
metadata.addAddress("fd20:ce::254", "ipv6"); // Google
metadata.addSubnet("64:ff9b::a9fe:0", 112, "ipv6"); // 169.254.0.0/16 through NAT64 (RFC 6052)
const metadataNames = new Set(["metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"]);

/** Whether an endpoint's canonical address is link-local or a cloud's metadata service. */
export function isMetadataAddress(address: string): boolean {
  const family = isIP(address);
  return family === 0 ? metadataNames.has(address) : metadata.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** Whether a canonical address, or a name that always means it, is of this machine's loopback interface. */
export function isLoopback(address: string): boolean {
  return (
    address === "::1" ||
    (isIPv4(address) && address.startsWith("127.")) ||
    address === "localhost" ||
    address.endsWith(".localhost")
  );
}

/** Whether a canonical address means every interface when listening, and loopback when connecting. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}
