import t from "tap";
import { canonicalHost } from "../../src/policy/host.ts";
import { corpusHosts, hostCases } from "../support/corpora.ts";

const label63 = "a".repeat(63);
const host253 = `${`${label63}.`.repeat(3)}${"b".repeat(61)}`;

const rows: ReadonlyArray<readonly [rule: string, value: string, want: string]> = [
  ["a hostname is its own canonical form", "acme.example", "acme.example"],
  ["capitals are lowered", "AcMe.EXAMPLE", "acme.example"],
  ["a single label is a hostname", "localhost", "localhost"],
  ["a port is cut", "acme.example:8443", "acme.example"],
  ["an empty port is a port", "acme.example:", "acme.example"],
  ["port 65535 is in range", "acme.example:65535", "acme.example"],
  ["port 65536 is out of range", "acme.example:65536", ""],
  ["a port has five digits at most", "acme.example:000080", ""],
  ["a port with leading zeros is a port", "acme.example:00080", "acme.example"],
  ["a port is digits", "acme.example:80a", ""],
  ["a port has no sign", "acme.example:+80", ""],
  ["one trailing dot is cut", "acme.example.", "acme.example"],
  ["a trailing dot stands before the port", "acme.example.:80", "acme.example"],
  ["a second trailing dot is refused", "acme.example..", ""],
  ["a leading dot is refused", ".acme.example", ""],
  ["an empty label is refused", "acme..example", ""],
  ["nothing is no hostname", "", ""],
  ["a dot is no hostname", ".", ""],
  ["a port alone is no hostname", ":80", ""],
  ["two colons are refused", "acme.example:80:443", ""],
  ["63 letters are a label", `${label63}.example`, `${label63}.example`],
  ["64 letters are none", `a${label63}.example`, ""],
  ["253 bytes are a hostname", host253, host253],
  ["253 bytes and a dot are one, too", `${host253}.`, host253],
  ["254 bytes are none", `b${host253}`, ""],
  ["hyphens stand inside a label", "a--b.example", "a--b.example"],
  ["a label may not start with a hyphen", "-a.example", ""],
  ["a label may not end with a hyphen", "a-.example", ""],
  ["a later label may not end with a hyphen", "a.example-", ""],
  ["punycode is plain ASCII", "xn--bcher-kva.example", "xn--bcher-kva.example"],
  ["an underscore is refused", "a_b.example", ""],
  ["an IPv4 address is refused", "127.0.0.1", ""],
  ["a short IPv4 address is refused", "127.1", ""],
  ["a decimal IPv4 address is refused", "2130706433", ""],
  ["a hexadecimal last label is refused", "acme.0x7F", ""],
  ["a bare 0x is refused", "acme.0x", ""],
  ["a numeric last label with a dot is refused", "acme.1.", ""],
  ["a last label that only begins with digits passes", "acme.1e", "acme.1e"],
  ["a last label 0xg is no number", "acme.0xg", "acme.0xg"],
  ["a numeric first label passes", "1.example", "1.example"],
  ["an IPv6 literal is refused", "[::1]", ""],
  ["an unbracketed IPv6 address is refused", "::1", ""],
  ["userinfo is refused", "a@acme.example", ""],
  ["an escape is refused", "acme%2eexample", ""],
  ["a space is refused", " acme.example", ""],
  ["a control byte is refused", "acme.example\x0b", ""],
  ["latin-1 white space is refused", "acme.example\xa0", ""],
  ["UTF-8 is refused", "b\xc3\xbccher.example", ""],
  ["a letter that lowers to ASCII is refused", "acme.\u212aey", ""],
  ["a slash is refused", "acme.example/", ""],
  ["a comma is refused", "acme.example,globex.example", ""],
  ["a star is refused", "*.example", ""],
];

for (const [rule, value, want] of rows) t.equal(canonicalHost(value), want, rule);

/** Cases that need more than the one Host field to be refused. */
const needsTheHead = new Set(["10-with", "none-10"]);

/** Cases of the corpus that a single Host field decides. */
const single = hostCases.filter(
  ({ id, raw, expect_sequence }) =>
    expect_sequence === undefined &&
    !needsTheHead.has(id) &&
    raw.match(/^[ \t]*host[ \t]*:/gim)?.length === 1 &&
    /^GET \/web HTTP/.test(raw) &&
    !/^x.forwarded|^x_|^connection/im.test(raw) &&
    !id.startsWith("sni-"),
);
t.ok(single.length > 60, `the corpus has cases that the host decides: ${single.length}`);

const tenantsByHost = new Map<string, string>(Object.entries(corpusHosts).map(([tenant, host]) => [host, tenant]));
for (const { id, raw, expect, also_ok, why } of single) {
  const value = raw.slice(raw.search(/host:/i) + 5, raw.indexOf("\r\n\r\n")).split("\r\n")[0]!;
  const host = canonicalHost(value.replace(/^[ \t]+|[ \t]+$/g, ""));
  const found = tenantsByHost.get(host) ?? "reject";
  t.ok(found === expect || found === also_ok, `host-cases ${id}: ${why} (found ${found})`);
}
