/** Steps 11 to 14: sockets, what reaches a worker, what comes back; and a proxy in front. */
import { ask, whole } from "../support/case.ts";
import { ACME, json, type Row, session, upgrade } from "./feature-table.ts";

/** WebSockets and polls. */
export const realtime: readonly Row[] = [
  ["realtime-port", "a socket", ask("GET /websocket?version=18.0-3", ACME, [...upgrade, `Origin: http://${ACME}`])],
  ["realtime-port", "a page of that name", ask("GET /websocket", ACME)],
  ["realtime-port", "something under it", ask("GET /websocket/health", ACME)],
  ["realtime-port", "a poll, Odoo 15", ask("POST /longpolling/poll", "old15.example.com", [json], "{}")],
  ["realtime-port", "a poll, threaded Odoo", ask("POST /longpolling/poll", "old14.example.com", [json], "{}")],
  ["realtime-elsewhere", "an upgrade of a page", ask("GET /web", ACME, [...upgrade])],
  [
    "realtime-elsewhere",
    "an upgrade to something else",
    ask("GET /web", ACME, ["Connection: Upgrade", "Upgrade: h2c"]),
  ],
  [
    "realtime-origin",
    "a session from a foreign page",
    ask("GET /websocket", ACME, [...upgrade, session, "Origin: https://evil.example"]),
  ],
  ["realtime-origin", "no session from a foreign page", ask("GET /websocket", ACME, [...upgrade, "Origin: null"])],
  ["realtime-origin", "a session without an origin", ask("GET /websocket", ACME, [...upgrade, session])],
  [
    "realtime-origin",
    "a session from a listed page",
    ask("GET /websocket", "initech.example.com", [...upgrade, session, "Origin: https://partner.example"]),
  ],
  [
    "realtime-origin-spelling",
    "a session of its own page, in capitals",
    ask("GET /websocket", ACME, [...upgrade, session, "Origin: http://ACME.example.com"]),
    { where: whole },
  ],
  ["realtime-accept", "a wrong proof", ask("GET /websocket?wrong", ACME, [...upgrade])],
  ["realtime-accept", "a refusal", ask("GET /websocket?refuse", ACME, [...upgrade])],
];

/** Requests at a worker, and its answers. */
export const answers: readonly Row[] = [
  [
    "forward-bytes",
    "fields and body as they are",
    ask("POST /web/x?a=b;c=%2F&d", ACME, ["X-Case: As Is", "Accept-Language: fr", 'If-None-Match: "x"'], "\0\xff body"),
  ],
  ["forward-bytes", "PUT without a body", ask("PUT /web/x", ACME)],
  ["forward-bytes", "DELETE with a body", ask("DELETE /web/x", ACME, [], "x")],
  ["forward-failure", "a reset", ask("GET /parity/reset", ACME)],
  ["forward-failure", "a close", ask("GET /parity/close", ACME)],
  ["forward-timeout", "a worker that takes too long", ask("GET /parity/slow", "hasty.example.com"), { quietMs: 2500 }],
  ["response-framing", "no head", ask("GET /parity/garbage", ACME)],
  ["response-grammar", "a folded line", ask("GET /parity/lax", ACME)],
  [["response-folding"], "a date twice", ask("GET /parity/dates", ACME)],
  ["response-fields", "a worker's words to its proxy", ask("GET /parity/server", ACME)],
  ["response-fields", "HTTP/1.0", ask("GET /parity/http10", ACME)],
  ["response-fields", "a status", ask("GET /parity/status", ACME)],
  [["identity-set-cookie", "identity-set-cookie-guard"], "a cookie for siblings", ask("GET /parity/cookies", ACME)],
  ["response-selector", "to the selector", ask("GET /parity/selector", ACME)],
  ["response-selector", "to the manager, behind a language", ask("GET /parity/selector-in-french", ACME)],
  ["response-selector", "elsewhere", ask("GET /parity/login-redirect", ACME)],
  ["response-cut", "a cut", ask("GET /parity/cut", ACME)],
];

const proxied = ["X-Forwarded-For: 198.51.100.1, 203.0.113.7", "X-Forwarded-Proto: https"];

/** Requests that a proxy in front vouches for. */
export const behind: readonly Row[] = [
  ["identity-client", "two hops", ask("GET /web", ACME, proxied)],
  [
    "identity-trusted-ids",
    "an id of the proxy's",
    ask("GET /web", ACME, [...proxied, "X-Request-Id: 0123456789abcdef0123456789abcdef"]),
  ],
  [
    "identity-port",
    "a client without TLS",
    ask("GET /web", ACME, ["X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: http"]),
  ],
  [
    "identity-proto",
    "a client that nobody vouches for",
    ask("GET /web", ACME, ["X-Forwarded-Proto: https"]),
    { from: "127.0.0.9" },
  ],
  ["outcome-alias", "an alias", ask("GET /web?x", "old.initech.example.net", proxied)],
  [
    "identity-fields",
    "a prefix of the proxy's",
    ask("GET /web", ACME, [
      ...proxied,
      "X-Forwarded-Prefix: /a",
      "X-Forwarded-Fo: 1",
      "X-Forwarded-Forx: 1",
      "X-Forwarded-Protocol: http",
    ]),
  ],
];
