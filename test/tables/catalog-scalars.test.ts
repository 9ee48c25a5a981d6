import t from "tap";
import { foldWww, scanDnsName, scanHostname } from "../../src/catalog/hostname.ts";
import { isLoopback, isMetadataAddress, scanIpAddress, scanNetwork } from "../../src/catalog/network.ts";
import type { Scanned } from "../../src/catalog/scanned.ts";
import { nearest, quote } from "../../src/catalog/wording.ts";

/** The value of what was scanned; null where it was refused. */
const scannedValue = <T>(scanned: Scanned<T>): T | null => ("value" in scanned ? scanned.value : null);

const rows: ReadonlyArray<readonly [rule: string, found: unknown, want: unknown]> = [
  ["hostnames are lower-cased (RFC 4343)", scannedValue(scanHostname("ACME.Example")), "acme.example"],
  ["hostnames become punycode", scannedValue(scanHostname("Bücher.example")), "xn--bcher-kva.example"],
  ["punycode stays", scannedValue(scanHostname("XN--BCHER-KVA.example")), "xn--bcher-kva.example"],
  ["full-width letters are letters", scannedValue(scanHostname("ａcme.example")), "acme.example"],
  ["full-width digits make no address", scannedValue(scanHostname("１２７.0.0.1")), null],
  ["an invisible character makes no second hostname", scannedValue(scanHostname("ac\u00adme.example")), "acme.example"],
  ["a newline behind is no part of a hostname", scannedValue(scanHostname("acme.example\n")), null],
  ["63 characters are a label", scannedValue(scanHostname(`${"a".repeat(63)}.example`)), `${"a".repeat(63)}.example`],
  ["one label is a name in DNS", scannedValue(scanDnsName("worker")), "worker"],
  ["one www. is folded", foldWww("www.www.acme.example"), "www.acme.example"],
  ["www without a dot is not", foldWww("wwwacme.example"), "wwwacme.example"],
  ["IPv6 is compressed", scannedValue(scanIpAddress("FD00:0:0:0:0:0:0:1")), "fd00::1"],
  ["a mapped address is the IPv4 address", scannedValue(scanIpAddress("::FFFF:A00:1")), "10.0.0.1"],
  ["a zone is refused", scannedValue(scanIpAddress("fe80::1%eth0")), null],
  ["an address is a network of one", scannedValue(scanNetwork("192.0.2.7")), "192.0.2.7/32"],
  ["an IPv6 address is a network of one", scannedValue(scanNetwork("2001:DB8::1")), "2001:db8::1/128"],
  ["a mapped address is an IPv4 network of one", scannedValue(scanNetwork("::ffff:10.0.0.1")), "10.0.0.1/32"],
  ["a network of all", scannedValue(scanNetwork("0.0.0.0/0")), "0.0.0.0/0"],
  ["a prefix inside a byte", scannedValue(scanNetwork("10.128.0.0/9")), "10.128.0.0/9"],
  ["a bit behind such a prefix", scannedValue(scanNetwork("10.64.0.0/9")), null],
  ["a prefix inside a group", scannedValue(scanNetwork("2001:db8:8000::/33")), "2001:db8:8000::/33"],
  ["a bit behind such a group's prefix", scannedValue(scanNetwork("2001:db8:4000::/33")), null],
  ["an IPv6 network with dotted digits", scannedValue(scanNetwork("64:ff9b::10.0.0.0/104")), "64:ff9b::a00:0/104"],
  ["all of link-local is metadata", isMetadataAddress("169.254.0.1"), true],
  ["beside link-local is not", isMetadataAddress("169.255.0.1"), false],
  ["a hostname that starts like loopback is not loopback", isLoopback("127.example"), false],
  ["a name under localhost is loopback (RFC 6761)", isLoopback("odoo.localhost"), true],
  ["quotes and backslashes are escaped", quote('a"b\\'), '"a\\"b\\\\"'],
  ["control and bidi characters are shown, not sent", quote("\u001b[31m\u202e"), '"\\u001b[31m\\u202e"'],
  ["long text is cut", quote("x".repeat(200)), `"${"x".repeat(80)}…"`],
  ["a letter off is near", nearest("hostnam", ["hostname", "database"]), "hostname"],
  ["another word is not", nearest("colour", ["hostname", "database"]), undefined],
];
for (const [rule, found, want] of rows) t.same(found, want, rule);
