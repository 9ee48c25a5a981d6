/** Which hosts lead to a worker: only those that somebody owns. */
import { ask, get, raw } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { each, type JudgeOne, say, unreached } from "../judges.ts";
import { leadsToSelector } from "../markers.ts";
import type { Ask, Party, Probe, Target } from "../types.ts";

const LOGIN = "/web/login";
const why =
  "a worker that is asked for a host without a tenant offers its database selector, and serves RPC for every database";

/** Holds when nothing leads to the database selector. */
const noSelector: JudgeOne = (exchange, home) => {
  if (exchange.reply !== null && leadsToSelector(exchange.reply)) return say("violated", exchange);
  const judged = unreached(exchange, home);
  return judged.verdict === "violated" ? say("holds", exchange, "no selector") : judged;
};

const unowned: ReadonlyArray<readonly [id: string, title: string, asks: (to: Target) => readonly Ask[]]> = [
  ["unknown", "A host without a tenant reaches no worker", (to) => [get(to, LOGIN, `Host: ${to.madeUp.host}`)]],
  [
    "address",
    "An IP address as Host reaches no worker",
    (to) => [get(to, LOGIN, "Host: 192.0.2.1"), get(to, LOGIN, "Host: [2001:db8::1]")],
  ],
  [
    "missing",
    "A request without Host reaches no worker",
    (to) => [raw(to, `GET ${LOGIN} HTTP/1.1\r\nConnection: close\r\n\r\n`)],
  ],
  [
    "absolute-form",
    "The authority of an absolute-form target is the host, and reaches no worker when nobody owns it",
    (to) => [get(to, `http://${to.madeUp.host}${LOGIN}`)],
  ],
];

/** Host fields that two parsers read as two hosts. */
function ambiguousHosts(to: Target, foreign: Party): readonly Ask[] {
  const own = to.own.host;
  const values = [
    `${own}:@${foreign.host}`,
    `${own}:${foreign.host}`,
    `${own}, ${foreign.host}`,
    `${foreign.host}@${own}`,
    `${own}/${foreign.host}`,
    `${own} ${foreign.host}`,
  ];
  return values.map((value) => get(to, LOGIN, `Host: ${value}`));
}

/** Two Host lines, in either order. */
function twoHosts(to: Target, foreign: Party): readonly Ask[] {
  const [own, other] = [`Host: ${to.own.host}`, `Host: ${foreign.host}`];
  return [get(to, LOGIN, own, other), get(to, LOGIN, other, own)];
}

/** Probes for hosts; with `foreign` as the second host in those that name two. */
export function hostFamily(foreign: Party): readonly Probe[] {
  return [
    ...unowned.map(
      ([id, title, asks]): Probe => ({
        id: `host.${id}`,
        title,
        severity: "high",
        why,
        fix: fixes.hosts,
        asks,
        judge: each(unreached),
      }),
    ),
    {
      id: "host.selector",
      title: "A host without a tenant is not led to the database selector",
      severity: "medium",
      why: "the redirect tells that Odoo is there and that the host selects nothing; the page behind it lists databases",
      fix: fixes.hosts,
      asks: (to) => ["/", "/web", "/web/login", "/odoo"].map((path) => get(to, path, `Host: ${to.madeUp.host}`)),
      judge: each(noSelector),
    },
    {
      id: "host.ambiguous",
      title: "A Host that is no hostname with a port is refused",
      severity: "medium",
      why: "the edge may route by one half of it and the worker pick its database by the other",
      fix: fixes.hosts,
      asks: (to) => ambiguousHosts(to, foreign),
      judge: each(unreached),
    },
    {
      id: "host.repeated",
      title: "Two Host fields are refused",
      severity: "high",
      why: "edge and worker may each believe another one (RFC 9112 section 3.2 asks for 400)",
      fix: fixes.hosts,
      asks: (to) => twoHosts(to, foreign),
      judge: each(unreached),
    },
  ];
}

/** Holds when the target's authority decides, alone: the other tenant's own page, or a refusal, but never Host's page. */
function followsTarget(other: Party): JudgeOne {
  return (exchange, home) => {
    const body = exchange.reply?.body ?? "";
    const speaksOf = ({ host, database }: Party): boolean => body.includes(host) || body.includes(database);
    if (unreached(exchange, home).verdict !== "violated") return unreached(exchange, home);
    if (speaksOf(other)) return say("holds", exchange, `it is ${other.host}'s page, as the target asks`);
    const own = speaksOf(home.target.own);
    return own
      ? say("violated", exchange, "Host decided, not the target")
      : say("unknown", exchange, "the page names nobody");
  };
}

/** With a second tenant: which of two hosts in one request decides. */
export function otherHostFamily(other: Party): readonly Probe[] {
  return [
    {
      id: "other.absolute-form",
      title: "The target's authority decides, not Host beside it",
      severity: "medium",
      why: "an edge that routes and limits by one, while the worker binds by the other, applies one tenant's rules to another's requests",
      fix: fixes.hosts,
      asks: (to) => [ask(to, "GET", `http://${other.host}${LOGIN}`)],
      judge: each(followsTarget(other)),
    },
  ];
}
