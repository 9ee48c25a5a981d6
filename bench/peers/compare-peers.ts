/** Every peer before the same worker, in turns. */
import { type Side, startBenchWorker } from "../support/sides.ts";
import { allPeers } from "./all-peers.ts";
import { peerCatalogTargets, peerWorkerName } from "./catalog.ts";
import type { Effort } from "./effort.ts";
import type { Peer } from "./peer.ts";
import { type PeerCase, peerCases } from "./peer-cases.ts";
import type { PeerCaseResult, PeerFigures, Sections } from "./results.ts";
import { type Contestant, type Turn, takeRounds } from "./rounds.ts";
import { ratios, spreadOf } from "./spread.ts";

/** What the others are divided by. */
const BASELINE = "nginx";
const CONNECTIONS = 32;
/** Turns without a count for what is compiled while it runs: when it has just been started, and when another case begins. */
const FIRST_WARM_UP = 6;
const WARM_UP = 2;

/** Measures all peers in all cases. A peer that cannot be started is named with its reason; without nginx, it throws. */
export async function comparePeers(effort: Effort): Promise<Sections["peers"]> {
  const cases: PeerCaseResult[] = [];
  for (const keepAlive of [true, false]) cases.push(...(await compareBefore(keepAlive, effort)));
  const entries = allPeers.map((peer) => ({ name: peer.name, version: peer.version(), setting: peer.setting }));
  return { entries, cases };
}

/** The cases of one kind of worker: the peers stay up for all of them. */
async function compareBefore(keepAlive: boolean, effort: Effort): Promise<PeerCaseResult[]> {
  await using stack = new AsyncDisposableStack();
  const worker = await startBenchWorker({ name: peerWorkerName, keepAlive });
  stack.defer(worker.close);
  const started = await Promise.all(
    allPeers.map(async (peer) => {
      const outcome = await startPeer(peer, worker.port, keepAlive);
      if (outcome.side !== undefined) stack.defer(outcome.side.close);
      return { peer: peer.name, warmsUp: peer.warmsUp, ...outcome };
    }),
  );
  const running = started.flatMap(({ peer, warmsUp, side }) => (side === undefined ? [] : [{ peer, warmsUp, side }]));
  const failed = started.flatMap(({ peer, reason }) => (reason === undefined ? [] : [{ peer, reason }]));
  const results: PeerCaseResult[] = [];
  for (const peerCase of peerCases.filter((one) => one.keepAlive === keepAlive)) {
    effort.progress(peerCase.title);
    const asked = askedIn(peerCase, effort);
    const warmUp = results.length === 0 ? FIRST_WARM_UP : WARM_UP;
    const contestants = running.map(({ side, warmsUp }): Contestant => {
      return { side, asked, warmUpTurns: warmsUp ? warmUp : 1 };
    });
    const turns = await takeRounds(contestants, effort.rounds, effort.progress);
    const peers = figuresOf(
      running.map(({ peer }) => peer),
      turns,
    );
    const { id, title } = peerCase;
    results.push({ id, title, connections: CONNECTIONS, rounds: effort.rounds, peers, failed });
  }
  return results;
}

type Outcome = { readonly side: Side; readonly reason?: never } | { readonly side?: never; readonly reason: string };

async function startPeer(peer: Peer, port: number, keepAlive: boolean): Promise<Outcome> {
  const reason = peer.missing?.();
  if (reason !== undefined) return { reason };
  try {
    return { side: await peer.start({ port, keepAlive }) };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

function askedIn({ request }: PeerCase, { turnSeconds }: Effort): Contestant["asked"] {
  return { targets: peerCatalogTargets(), request, connections: CONNECTIONS, seconds: turnSeconds };
}

function figuresOf(peers: readonly string[], turns: readonly (readonly Turn[])[]): PeerFigures[] {
  const cpu = turns.map((own) => own.map(({ cpuUs }) => cpuUs));
  const baseline = cpu[peers.indexOf(BASELINE)];
  if (baseline === undefined) throw new Error(`cannot compare without ${BASELINE}: apt-get install ${BASELINE}`);
  return turns.map((own, index) => {
    const sum = (of: (turn: Turn) => number): number => own.map(of).reduce((a, b) => a + b, 0);
    const requests = sum((turn) => turn.requests);
    return {
      peer: peers[index]!,
      cpuUs: spreadOf(cpu[index]!),
      ratio: spreadOf(ratios(cpu[index]!, baseline)),
      requestsPerSecond: spreadOf(own.map(({ requestsPerSecond }) => requestsPerSecond)),
      requests,
      errors: sum((turn) => turn.errors),
      connectsPerHundred: (sum((turn) => turn.connects) / requests) * 100,
      memoryMiB: Math.max(...own.map(({ memoryMiB }) => memoryMiB)),
    };
  });
}
