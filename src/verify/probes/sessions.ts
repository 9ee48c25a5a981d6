/** Session cookies and the sockets that carry them. */
import { get } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { each, type JudgeOne, say, unreached } from "../judges.ts";
import { fieldValues } from "../read-reply.ts";
import type { Judge, Probe, Target } from "../types.ts";

/** Session ids that nobody has; of the length of Odoo's own. */
const [ONE, TWO] = ["a".repeat(40), "b".repeat(40)];

/** Holds when the session cookie has what it needs, of what the rule names. */
function attributes(wrong: (cookie: string, target: Target) => string | null): JudgeOne {
  return (exchange, home) => {
    const cookies = exchange.reply === null ? [] : fieldValues(exchange.reply, "set-cookie");
    const sessions = cookies.filter((cookie) => /^session_id=/i.test(cookie));
    if (sessions.length === 0) return say("unknown", exchange, "no session cookie was set");
    const problem = sessions.map((cookie) => wrong(cookie, home.target)).find((found) => found !== null);
    return problem === undefined ? say("holds", exchange) : say("violated", exchange, problem);
  };
}

const scope = attributes((cookie) => (/;\s*domain=/i.test(cookie) ? "the cookie has a Domain" : null));
const flags = attributes((cookie, { scheme }) => {
  if (!/;\s*httponly/i.test(cookie)) return "the cookie lacks HttpOnly";
  return scheme === "https" && !/;\s*secure/i.test(cookie) ? "the cookie lacks Secure" : null;
});

/** A session in the query counts up to Odoo 17, and which Odoo this is cannot be seen. */
const inQuery: JudgeOne = (exchange, home) => {
  const judged = unreached(exchange, home);
  return judged.verdict === "violated"
    ? say("unknown", exchange, "it was let through; Odoo 18, and earlier ones of late 2024, ignore it")
    : judged;
};

const HANDSHAKE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: aG9zdHdhcmQtdmVyaWZ5IQ==",
];

/** The first exchange is a socket from the tenant's own page; the others must not open. */
const foreignOrigins: Judge = ([control, ...others], home) => {
  if (control?.reply?.status !== 101) {
    return {
      verdict: "unknown",
      saw: "no WebSocket opens here, not even from the tenant's own pages",
      exchange: control ?? null,
    };
  }
  return each((exchange) =>
    exchange.reply?.status === 101 ? say("violated", exchange, "the socket opened") : say("holds", exchange),
  )(others, home);
};

function socket(to: Target, origin: string, ...fields: string[]) {
  return get(to, "/websocket", ...HANDSHAKE, `Origin: ${origin}`, ...fields);
}

export const sessionFamily: readonly Probe[] = [
  {
    id: "cookie.flags",
    title: "The session cookie is HttpOnly and, over https, Secure",
    severity: "medium",
    why: "a script, or anybody on the way of one plain request, takes the session along",
    fix: fixes.cookies,
    asks: (to) => [get(to, "/web/login")],
    judge: each(flags),
  },
  {
    id: "cookie.domain",
    title: "The session cookie belongs to its own hostname alone",
    severity: "high",
    why: "with a Domain every other tenant under it gets the session, too",
    fix: fixes.cookies,
    asks: (to) => [get(to, "/web/login")],
    judge: each(scope),
  },
  {
    id: "cookie.repeated",
    title: "Two session cookies are refused",
    severity: "low",
    why: "versions of Werkzeug disagree on which one counts; a neighbour's subdomain can add one (cookie tossing)",
    fix: fixes.sessions,
    asks: (to) => [
      get(to, "/web/login", `Cookie: session_id=${ONE}; session_id=${TWO}`),
      get(to, "/web/login", `Cookie: session_id=${ONE}`, `Cookie: session_id=${TWO}`),
      get(to, "/web/login", `Cookie: session_id=${ONE}; =session_id=${TWO}`),
    ],
    judge: each(unreached),
  },
  {
    id: "cookie.query",
    title: "A session id in the query is refused",
    severity: "medium",
    why: "up to Odoo 17 a link can log its reader in to the sender's session, and session ids end in logs",
    fix: fixes.sessions,
    asks: (to) => [get(to, `/web/login?session_id=${ONE}`)],
    judge: each(inQuery),
  },
  {
    id: "websocket.origin",
    title: "No WebSocket with a session opens from a foreign page",
    severity: "high",
    why: "browsers send cookies with a socket from any page, and Odoo does not look at Origin: the page reads the user's messages",
    fix: fixes.realtime,
    asks: (to) => [
      socket(to, `${to.scheme}://${to.own.host}`),
      socket(to, `https://${to.madeUp.host}`, `Cookie: session_id=${ONE}`),
      socket(to, "null", `Cookie: session_id=${ONE}`),
      socket(to, `${to.scheme}://${to.own.host}.${to.madeUp.host}`, `Cookie: session_id=${ONE}`),
    ],
    judge: foreignOrigins,
  },
];
