import t from "tap";
import { goesToRealtime, isWebSocketUpgrade, originAllowed } from "../../src/policy/realtime.ts";

const upgrades: ReadonlyArray<
  readonly [rule: string, method: string, connection: boolean, upgrade: string, want: boolean]
> = [
  ["an upgrade is one", "GET", true, "websocket", true],
  ["without case", "GET", true, "WebSocket", true],
  ["by GET only", "POST", true, "websocket", false],
  ["Connection must say so", "GET", false, "websocket", false],
  ["another protocol is none", "GET", true, "h2c", false],
  ["a list is none", "GET", true, "websocket, h2c", false],
  ["nothing is none", "GET", true, "", false],
];
for (const [rule, method, connection, upgrade, want] of upgrades) {
  t.equal(isWebSocketUpgrade(method, connection, upgrade), want, rule);
}

const ports: ReadonlyArray<readonly [rule: string, path: string, upgrade: boolean, odooMajor: number, want: boolean]> =
  [
    ["an upgrade on /websocket", "/websocket", true, 16, true],
    ["no upgrade, no realtime", "/websocket", false, 19, false],
    ["nothing under it", "/websocket/health", true, 19, false],
    ["not before 16", "/websocket", true, 15, false],
    ["not with slashes", "/websocket/", true, 19, false],
    ["a poll up to 15", "/longpolling/poll", false, 13, true],
    ["no poll from 16", "/longpolling/poll", false, 16, false],
    ["nothing else of longpolling", "/longpolling/im_status", false, 15, false],
    ["an upgrade anywhere else is a page", "/web", true, 19, false],
  ];
for (const [rule, path, upgrade, odooMajor, want] of ports)
  t.equal(goesToRealtime(path, upgrade, odooMajor), want, rule);

const listed = ["https://shop.example"];
const aliases = ["erp.acme.example"];
const origins: ReadonlyArray<
  readonly [rule: string, origin: string | null, hasSession: boolean, externalPort: number, want: boolean]
> = [
  ["the own origin", "https://acme.example", true, 443, true],
  ["an alias is own", "https://erp.acme.example", true, 443, true],
  ["a listed origin", "https://shop.example", true, 443, true],
  ["a foreign one with a session is refused", "https://evil.example", true, 443, false],
  ["a foreign one without passes", "https://evil.example", false, 443, true],
  ["null with a session is refused", "null", true, 443, false],
  ["null without passes", "null", false, 443, true],
  ["a missing one is Odoo's", null, true, 443, true],
  ["http says port 80", "http://acme.example", true, 443, false],
  ["http on port 80 is own", "http://acme.example", true, 80, true],
  ["either scheme on the external port", "http://acme.example:8443", true, 8443, true],
  ["https on the external port", "https://acme.example:8443", true, 8443, true],
  ["the scheme's port written out", "https://acme.example:443", true, 443, true],
  ["another port is foreign", "https://acme.example:8444", true, 8443, false],
  ["no port where one is needed is foreign", "https://acme.example", true, 8443, false],
  ["an empty port is foreign", "https://acme.example:", true, 443, false],
  ["capitals are own", "https://ACME.example", true, 443, true],
  ["a longer host is foreign", "https://acme.example.evil", true, 443, false],
  ["a sibling is foreign", "https://globex.example", true, 443, false],
  ["userinfo is foreign", "https://acme.example@evil.example", true, 443, false],
  ["userinfo before the own host is foreign", "https://x@acme.example", true, 443, false],
  ["a path makes it no origin", "https://acme.example/", true, 443, false],
  ["another scheme is foreign", "ftp://acme.example", true, 443, false],
  ["a scheme in capitals is no serialised origin", "HTTPS://acme.example", true, 443, false],
  ["a bare host is no origin", "acme.example", true, 443, false],
  ["a list is no origin", "https://acme.example https://evil.example", true, 443, false],
  ["an empty one is foreign", "", true, 443, false],
  ["a listed host by another scheme is foreign", "http://shop.example", true, 443, false],
];
for (const [rule, origin, hasSession, externalPort, want] of origins) {
  const own = { hostname: "acme.example", aliases, externalPort, listed };
  t.equal(originAllowed(origin, hasSession, own), want, rule);
}
