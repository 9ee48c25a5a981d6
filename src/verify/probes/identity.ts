/** Fields and parameters by which a client could choose the host or database that the worker believes in. */
import { get } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { each, type JudgeOne, say, staysHome, unreached } from "../judges.ts";
import { fieldValue } from "../read-reply.ts";
import type { Ask, Party, Probe, Severity, Target } from "../types.ts";

const LOGIN = "/web/login";

type Row = readonly [
  id: string,
  title: string,
  severity: Severity,
  why: string,
  requests: (to: Target, foreign: Party) => ReadonlyArray<readonly [target: string, ...fields: string[]]>,
];

const rows: readonly Row[] = [
  [
    "forwarded-host",
    "X-Forwarded-Host from a client has no effect",
    "critical",
    "Odoo behind a proxy believes it before Host: whoever sets it chooses the tenant",
    (to, { host }) => [
      [LOGIN, `X-Forwarded-Host: ${host}`],
      [LOGIN, `X-Forwarded-Host: ${to.own.host}, ${host}`],
      [LOGIN, `X-Forwarded-Host: ${to.own.host}`, `X-Forwarded-Host: ${host}`],
    ],
  ],
  [
    "underscore",
    "X_Forwarded_Host has no effect",
    "critical",
    "WSGI servers read it as X-Forwarded-Host, and it comes after the one that the edge has set",
    (_, { host }) => [[LOGIN, `X_Forwarded_Host: ${host}`]],
  ],
  [
    "folded",
    "A folded X-Forwarded-Host has no effect",
    "critical",
    "a continuation line hides the value from an edge that reads lines",
    (to, { host }) => [[LOGIN, `X-Forwarded-Host: ${to.own.host},\r\n ${host}`]],
  ],
  [
    "connection",
    "Connection cannot take away the edge's X-Forwarded-Host",
    "high",
    "an edge that removes what Connection names last removes its own field, and the worker falls back to what the client said",
    (_, { host }) => [[LOGIN, "Connection: close, X-Forwarded-Host", `X-Forwarded-Host: ${host}`]],
  ],
  [
    "alternatives",
    "Forwarded, X-Host and X-Original-Host have no effect",
    "medium",
    "some hop may read them",
    (_, { host }) => [
      [
        LOGIN,
        `Forwarded: host=${host}`,
        `X-Host: ${host}`,
        `X-Original-Host: ${host}`,
        `X-HTTP-Host-Override: ${host}`,
      ],
    ],
  ],
  [
    "odoo-database",
    "X-Odoo-Database has no effect",
    "high",
    "Odoo 19 binds the request to the database that it names, or to none",
    (_, { database }) => [[LOGIN, `X-Odoo-Database: ${database}`]],
  ],
  [
    "odoo-dbfilter",
    "X-Odoo-dbfilter has no effect",
    "high",
    "with the module dbfilter_from_header it replaces the filter that keeps tenants apart",
    (_, { database }) => [
      [LOGIN, `X-Odoo-dbfilter: ^${database}$`],
      [LOGIN, `X-Odoo-Db: ${database}`],
    ],
  ],
  [
    "query-db",
    "?db= does not change the database",
    "high",
    "Odoo switches to any database that its filter lets through",
    (_, { database }) => [[`${LOGIN}?db=${database}`], [`${LOGIN}?%64b=${database}`]],
  ],
];

/** Probes in which a client speaks of `foreign`; `family` begins their ids. */
export function identityFamily(family: string, foreign: (to: Target) => Party): readonly Probe[] {
  return rows.map(
    ([id, title, severity, why, requests]): Probe => ({
      id: `${family}.${id}`,
      title: family === "other" ? `${title}, also when it names ${OTHER}` : title,
      severity,
      why,
      fix: fixes.identity,
      asks: (to) => requests(to, foreign(to)).map(([target, ...fields]): Ask => get(to, target, ...fields)),
      judge: (seen, home) => each(staysHome(foreign(home.target)))(seen, home),
    }),
  );
}

const OTHER = "the other tenant";
/** A port that no edge listens on. */
const ODD_PORT = 54321;

/** Holds when a redirect stays on the tenant's own host. */
const ownLocation: JudgeOne = (exchange, home) => {
  const location = exchange.reply === null ? "" : fieldValue(exchange.reply, "location");
  if (location.includes(home.target.madeUp.host))
    return say("violated", exchange, "the redirect leads to a host that the client named");
  if (location.includes(`:${ODD_PORT}/`))
    return say("violated", exchange, "the redirect leads to a port that the client named");
  const judged = unreached(exchange, home);
  return judged.verdict === "violated" ? say("holds", exchange) : judged;
};

/** Where redirects lead when the client speaks of another host or port. */
export const locationProbe: Probe = {
  id: "identity.location",
  title: "A redirect leads to no host or port that the client named",
  severity: "medium",
  why: "a link in a mail or in a cache then leads customers to a stranger's host, with their tokens",
  fix: fixes.identity,
  asks: (to) => [
    get(to, "/web", `X-Forwarded-Host: ${to.madeUp.host}`),
    get(to, "/web", `Host: ${to.own.host.replace(/:\d+$/, "")}:${ODD_PORT}`, `X-Forwarded-Port: ${ODD_PORT}`),
    get(to, `//${to.madeUp.host}/%2e%2e`),
    get(to, `/%2F${to.madeUp.host}/`),
  ],
  judge: each(ownLocation),
};
