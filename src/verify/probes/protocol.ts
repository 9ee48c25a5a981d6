/** Methods and versions that no browser needs, and what the edge tells about itself. */
import { ask, get, postJson, raw } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { each, type JudgeOne, refused, say } from "../judges.ts";
import { fieldValue } from "../read-reply.ts";
import { readRpc } from "../read-rpc.ts";
import type { Probe } from "../types.ts";

/** Holds when no field tells the version of a program. */
const noVersions: JudgeOne = (exchange) => {
  const { reply, ended } = exchange;
  if (reply === null) return say(ended === "closed" ? "holds" : "unknown", exchange);
  const telling = ["server", "x-powered-by", "via"]
    .map((name) => fieldValue(reply, name))
    .find((value) => /\d/.test(value));
  return telling === undefined
    ? say("holds", exchange)
    : say("violated", exchange, `a field says ${JSON.stringify(telling.slice(0, 60))}`);
};

/** Holds when the version that strangers are told has no build date. */
const noBuild: JudgeOne = (exchange) => {
  const rpc = exchange.reply === null ? null : readRpc(exchange.reply.body);
  if (rpc?.kind !== "result") return say("unknown", exchange, "no version was told here");
  const build = /\b\d+\.\d+[^"\s,]*?[-+](\d{8})\b/.exec(JSON.stringify(rpc.value));
  return build === null ? say("holds", exchange) : say("violated", exchange, `a build of ${build[1]}`);
};

export const protocolFamily: readonly Probe[] = [
  {
    id: "method.trace",
    title: "TRACE is refused",
    severity: "medium",
    why: "it echoes the request as the worker got it, with what the edge added and cookies that scripts may not read",
    fix: fixes.methods,
    asks: (to) => [ask(to, "TRACE", "/web/login")],
    judge: each(refused),
  },
  {
    id: "method.connect",
    title: "CONNECT is refused",
    severity: "high",
    why: "it asks for a tunnel to any host and port, from inside the cluster",
    fix: fixes.methods,
    asks: (to) => [ask(to, "CONNECT", to.madeUp.host.concat(":443")), ask(to, "CONNECT", `${to.own.host}:80`)],
    judge: each(refused),
  },
  {
    id: "method.unknown",
    title: "A method that is not registered is refused",
    severity: "low",
    why: "rules that name methods do not match it, and Odoo executes JSON-RPC with any",
    fix: fixes.methods,
    asks: (to) => [ask(to, "BREW", "/web/login")],
    judge: each(refused),
  },
  {
    id: "version.http-0.9",
    title: "A request without a version is refused",
    severity: "low",
    why: "it has no fields, so no Host: whatever answers was chosen by nobody",
    fix: fixes.framing,
    asks: (to) => [raw(to, "GET /web/login\r\n\r\n")],
    judge: each(refused),
  },
  {
    id: "version.http-1.0",
    title: "HTTP/1.0 with Transfer-Encoding is refused",
    severity: "low",
    why: "HTTP/1.0 knows no chunks: one hop reads a body where another reads the next request (RFC 9112 section 6.1)",
    fix: fixes.framing,
    asks: (to) => [
      raw(
        to,
        `POST /web/webclient/version_info HTTP/1.0\r\nHost: ${to.own.host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      ),
    ],
    judge: each(refused),
  },
  {
    id: "disclosure.server",
    title: "No field tells the version of a server",
    severity: "info",
    why: "it saves an attacker the guess which known holes to try",
    fix: fixes.disclosure,
    asks: (to) => [get(to, "/web/login"), get(to, "/web/login", `Host: ${to.madeUp.host}`), raw(to, "BROKEN\r\n\r\n")],
    judge: each(noVersions),
  },
  {
    id: "disclosure.build",
    title: "Strangers are not told the build date of Odoo",
    severity: "info",
    why: "clients need the series (17.0); the date of a nightly build tells which fixes are missing",
    fix: { Odoo: "install from a release whose version has no date" },
    asks: (to) => [postJson(to, "/web/webclient/version_info", { jsonrpc: "2.0", params: {} })],
    judge: each(noBuild),
  },
];
