/** One run: is this an Odoo behind its own hostname, and which properties of the edge before it hold. */
import { setTimeout as sleep } from "node:timers/promises";
import { get } from "./ask.ts";
import { describe } from "./describe.ts";
import { exchange, reach } from "./exchange.ts";
import { leadsToSelector, workerMark } from "./markers.ts";
import { wellFormed } from "./probes/framing.ts";
import { probesFor } from "./probes.ts";
import type { Ask, Exchange, Finding, Home, Probe, Reply, Target } from "./types.ts";

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
 * Throws an UnreachableError or a NotOdooError when the login page cannot be seen, before the probes or after them.
 */
export async function verify(target: Target, perSecond: number): Promise<Report> {
  const began = performance.now();
  await reach(target);
  const send = paced(1000 / perSecond);
  const login = await loginPage(target, send);
  const { reply } = await send(target, wellFormed(target));
  const home = { target, login, takesChunks: reply !== null && workerMark(reply) !== null };
  if (target.other !== null) await loginPage({ ...target, own: target.other }, send);
  const { free, last } = probesFor(target);
  const findings: Finding[] = [];
  const queue = free.entries();
  const work = async (): Promise<void> => {
    for (const [i, probe] of queue) findings[i] = await run(probe, home, send);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  // An edge that went down meanwhile has refused everything.
  await loginPage(target, send);
  for (const probe of last) findings.push(await run(probe, home, send));
  const url = `${target.scheme}://${target.own.host}`;
  return { url, findings, requests: send.count(), durationMs: Math.round(performance.now() - began) };
}

/** The ordinary login page of the target's own tenant: what the rest is compared with. */
async function loginPage(target: Target, send: Send): Promise<Reply> {
  const seen = await send(target, get(target, "/web/login"));
  const { reply } = seen;
  if (reply !== null && reply.status === 200 && workerMark(reply) !== null) return reply;
  const found = reply !== null && leadsToSelector(reply) ? "its host selects no database" : describe(seen);
  throw new NotOdooError(`cannot see Odoo's login page at ${target.own.host}/web/login: ${found}`);
}

interface Send {
  (target: Target, ask: Ask): Promise<Exchange>;
  count(): number;
}

/** Sends requests no closer together than `gapMs`, whoever asks. */
function paced(gapMs: number): Send {
  let nextMs = 0;
  let count = 0;
  const send = async (target: Target, ask: Ask): Promise<Exchange> => {
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
    seen.push(await send(home.target, ask));
    if (probe.enough?.(seen.at(-1)!) === true) break;
  }
  const { verdict, saw, exchange: telling } = probe.judge(seen, home);
  const { id, title, severity, why, fix } = probe;
  return { id, title, severity, verdict, sent: (telling ?? seen[0])?.ask.shown ?? "", saw, why, fix };
}
