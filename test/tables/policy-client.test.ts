import t from "tap";
import { accessAllows } from "../../src/policy/access.ts";
import { compileAddresses, plainAddress, withAddress } from "../../src/policy/addresses.ts";
import { clientAddress, clientProto } from "../../src/policy/client.ts";

const networks: ReadonlyArray<readonly [rule: string, cidrs: readonly string[], address: string, want: boolean]> = [
  ["an address lies in its network", ["10.0.0.0/8"], "10.1.2.3", true],
  ["another does not", ["10.0.0.0/8"], "11.1.2.3", false],
  ["an address is a network of one", ["10.0.0.1"], "10.0.0.1", true],
  ["and of no more", ["10.0.0.1"], "10.0.0.2", false],
  ["/0 holds every IPv4 address", ["0.0.0.0/0"], "203.0.113.9", true],
  ["/0 of IPv4 holds no IPv6 address", ["0.0.0.0/0"], "2001:db8::1", false],
  ["host bits in a network do not matter", ["10.1.2.3/8"], "10.9.9.9", true],
  ["an IPv6 address lies in its network", ["2001:db8::/32"], "2001:DB8:1::", true],
  ["another IPv6 address does not", ["2001:db8::/32"], "2001:db9::1", false],
  ["an IPv6 address is a network of one", ["::1"], "::1", true],
  ["a mapped address is its IPv4 address", ["10.0.0.0/8"], "::ffff:10.1.2.3", true],
  ["in hexadecimal, too", ["10.0.0.0/8"], "::ffff:a01:203", true],
  ["a mapped network holds IPv4 addresses", ["::ffff:10.0.0.0/104"], "10.1.2.3", true],
  ["one of several networks is enough", ["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.7", true],
  ["no networks hold nothing", [], "10.0.0.1", false],
  ["an empty address is in none", ["0.0.0.0/0", "::/0"], "", false],
  ["garbage is in none", ["0.0.0.0/0", "::/0"], "10.0.0", false],
  ["an address with a port is in none", ["0.0.0.0/0"], "10.0.0.1:80", false],
  ["leading zeros are in none", ["0.0.0.0/0"], "010.0.0.1", false],
  ["a zone is in none", ["::/0"], "fe80::1%eth0", false],
];
for (const [rule, cidrs, address, want] of networks) t.equal(compileAddresses(cidrs).has(address), want, rule);

for (const cidr of ["", "x", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "2001:db8::/129"]) {
  t.throws(() => compileAddresses([cidr]), `\`${cidr}\` is no network`);
}

const one = withAddress(null, "192.0.2.1");
t.strictSame([one.has("192.0.2.1"), one.has("192.0.2.2")], [true, false], "one address alone");
const more = withAddress(compileAddresses(["10.0.0.0/8"]), "192.0.2.1");
const asked = ["10.9.9.9", "192.0.2.1", "192.0.2.2"];
t.strictSame(
  asked.map((address) => more.has(address)),
  [true, true, false],
  "one address more",
);

t.equal(plainAddress("::ffff:192.0.2.1"), "192.0.2.1", "a mapped address is unwrapped");
t.equal(plainAddress("::FFFF:192.0.2.1"), "192.0.2.1", "in capitals, too");
t.equal(plainAddress("::ffff:a01:203"), "::ffff:a01:203", "an address that is not written so stays");

const trusted = compileAddresses(["10.0.0.0/8", "fd00::/8"]);
const clients: ReadonlyArray<readonly [rule: string, peer: string, forwardedFor: string | null, want: string]> = [
  ["an untrusted peer is the client", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["a mapped peer is unwrapped", "::ffff:203.0.113.9", null, "203.0.113.9"],
  ["a trusted peer without a list is the client", "10.0.0.1", null, "10.0.0.1"],
  ["a trusted peer names the client", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
  ["a mapped trusted peer names the client", "::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"],
  ["the rightmost untrusted hop is the client", "10.0.0.1", "192.0.2.1, 198.51.100.1", "198.51.100.1"],
  ["trusted hops are passed", "10.0.0.1", "192.0.2.1, 198.51.100.1, 10.2.2.2,10.3.3.3", "198.51.100.1"],
  ["if all are trusted it is the first", "10.0.0.1", "10.2.2.2, 10.3.3.3", "10.2.2.2"],
  ["garbage ends the walk", "10.0.0.1", "198.51.100.1, unknown, 10.3.3.3", "10.3.3.3"],
  ["garbage at the end leaves the peer", "10.0.0.1", "198.51.100.1, x", "10.0.0.1"],
  ["an empty element ends the walk", "10.0.0.1", "198.51.100.1,", "10.0.0.1"],
  ["a leading comma ends the walk", "10.0.0.1", ",10.3.3.3", "10.3.3.3"],
  ["an empty list leaves the peer", "10.0.0.1", "", "10.0.0.1"],
  ["commas alone leave the peer", "10.0.0.1", ",,", "10.0.0.1"],
  ["a port is garbage", "10.0.0.1", "198.51.100.1:80", "10.0.0.1"],
  ["a zone is garbage", "10.0.0.1", "fe80::1%eth0", "10.0.0.1"],
  ["an IPv6 client is named", "fd00::1", "2001:db8::5", "2001:db8::5"],
  ["a mapped client is unwrapped", "10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
];
for (const [rule, peer, forwardedFor, want] of clients) t.equal(clientAddress(peer, forwardedFor, trusted), want, rule);
t.equal(clientAddress("10.0.0.1", "198.51.100.1", null), "10.0.0.1", "without trusted proxies the peer is the client");

const protos: ReadonlyArray<readonly [rule: string, peer: string, forwarded: string | null, want: string]> = [
  ["a trusted peer's https is believed", "10.0.0.1", "https", "https"],
  ["without case", "10.0.0.1", "HTTPS", "https"],
  ["a trusted peer's http is believed", "10.0.0.1", "http", "http"],
  ["wss is https", "10.0.0.1", "wss", "https"],
  ["ws is http", "10.0.0.1", "ws", "http"],
  ["anything else is the listener's", "10.0.0.1", "gopher", "http"],
  ["a list is the listener's", "10.0.0.1", "https, https", "http"],
  ["nothing is the listener's", "10.0.0.1", null, "http"],
  ["an untrusted peer is not believed", "203.0.113.9", "https", "http"],
];
for (const [rule, peer, forwarded, want] of protos) t.equal(clientProto(peer, forwarded, trusted, "http"), want, rule);
t.equal(clientProto("10.0.0.1", "https", null, "http"), "http", "without trusted proxies nobody is believed");

const office = compileAddresses(["192.0.2.0/24"]);
const printer = compileAddresses(["192.0.2.9"]);
const lists: ReadonlyArray<
  readonly [rule: string, client: string, allow: typeof office | null, deny: typeof office | null, want: boolean]
> = [
  ["without lists everybody may", "203.0.113.9", null, null, true],
  ["an allow list admits what it names", "192.0.2.1", office, null, true],
  ["an allow list refuses the rest", "203.0.113.9", office, null, false],
  ["a deny list refuses what it names", "192.0.2.9", null, printer, false],
  ["a deny list admits the rest", "203.0.113.9", null, printer, true],
  ["any deny wins over an allow", "192.0.2.9", office, printer, false],
  ["both lists admit the rest of the allowed", "192.0.2.1", office, printer, true],
  ["an unreadable client is not allowed", "", office, null, false],
];
for (const [rule, client, allow, deny, want] of lists) t.equal(accessAllows(client, { allow, deny }), want, rule);
