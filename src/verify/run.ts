/** One run: is this an Odoo behind its own hostname, and which properties of the edge before it hold. */
import { setTimeout as sleep } from "node:timers/promises";
import { get } from "./ask.ts";
import { describe } from "./describe.ts";
import { exchange, reach } from "./exchange.ts";
import { leadsToSelector, workerMark } from "./markers.ts";
import { probesFor } from "./probes.ts";
import type { Ask, Exchange, Finding, Home, Party, Probe, Target } from "./types.ts";

/** Requests that wait for an answer at a time: an Odoo may have two workers only. */
const IN_FLIGHT = 3;

/** The whole of a run. */
export interface Report {
  readonly url: string;
  readonly findings: readonly Finding[];
  readonly requests: number;
  readonly durationMs: number;
}

/** Nothing can be concluded: the hostname does not lead to Odoo's login page. */
export class NotOdooError extends Error {
  override readonly name = "NotOdooError";
}

/**
 * Probes the target with at most `perSecond` requests a second; their number is that of the tables, so it ends by itself.
 * Throws an UnreachableError or a NotOdooError before any probe; afterwards whatever happens is part of the report.
 */
export async function verify(target: Target, perSecond: number): Promise<Report> {
  const began = performance.now();
  await reach(target);
  const send = paced(target, 1000 / perSecond);
  const home = { target, login: await loginPage(target.own, send) };
  if (target.other !== null) await loginPage(target.other, send);
  const { free, last } = probesFor(target);
  const findings: Finding[] = [];
  const queue = free.entries();
  const work = async (): Promise<void> => {
    for (const [i, probe] of queue) findings[i] = await run(probe, home, send);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  for (const probe of last) findings.push(await run(probe, home, send));
  const url = `${target.scheme}://${target.own.host}`;
  return { url, findings, requests: send.count(), durationMs: Math.round(performance.now() - began) };

  /** The ordinary login page of a party: what the rest is compared with. */
  async function loginPage(party: Party, send: Send) {
    const seen = await send(get(target, "/web/login", `Host: ${party.host}`));
    const { reply } = seen;
    if (reply === null || reply.status !== 200 || workerMark(reply) === null) {
      const found = reply !== null && leadsToSelector(reply) ? "its host selects no database" : describe(seen);
      throw new NotOdooError(`cannot see Odoo's login page at ${party.host}/web/login: ${found}`);
    }
    return reply;
  }
}

interface Send {
  (ask: Ask): Promise<Exchange>;
  count(): number;
}

/** Sends requests no closer together than `gapMs`, whoever asks. */
function paced(target: Target, gapMs: number): Send {
  let nextMs = 0;
  let count = 0;
  const send = async (ask: Ask): Promise<Exchange> => {
    const nowMs = performance.now();
    const atMs = Math.max(nowMs, nextMs);
    nextMs = atMs + gapMs;
    count++;
    await sleep(atMs - nowMs);
    return exchange(target, ask);
  };
  return Object.assign(send, { count: () => count });
}

async function run(probe: Probe, home: Home, send: Send): Promise<Finding> {
  const seen: Exchange[] = [];
  for (const ask of probe.asks(home.target)) {
    seen.push(await send(ask));
    if (probe.enough?.(seen.at(-1)!) === true) break;
  }
  const { verdict, saw, exchange: telling } = probe.judge(seen, home);
  const { id, title, severity, why, fix } = probe;
  return { id, title, severity, verdict, sent: (telling ?? seen[0])?.ask.shown ?? "", saw, why, fix };
}
