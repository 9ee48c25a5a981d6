/** Measures many sides in turns, so that what else the machine does falls on all of them. */

import type { LoadTarget } from "../support/load.ts";
import type { LoadRequest } from "../support/load-requests.ts";
import { residentMiB, threadMicros } from "../support/processes.ts";
import { errorsOf, runLoad, type Side } from "../support/sides.ts";

/** What is asked, and how much of it. */
export interface Asked {
  readonly targets: readonly LoadTarget[];
  readonly request: LoadRequest;
  readonly connections: number;
  /** Of each turn. */
  readonly seconds: number;
}

/** One turn of one side. */
export interface Turn {
  readonly cpuUs: number;
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly errors: number;
  /** Connections that the client had to open. */
  readonly connects: number;
  /** Resident memory when the turn was over. */
  readonly memoryMiB: number;
}

/** Who is measured with what. */
export interface Contestant {
  readonly side: Side;
  readonly asked: Asked;
  /** Turns before the first that counts. Compiled while it runs, Hostward takes 1 s of GETs until its figures stay, and 5 s where workers close. */
  readonly warmUpTurns: number;
}

/** Upper bound of a turn's requests: the time ends it before. */
const REQUESTS_MAX = 1e9;

/** Loads a side once. */
export async function takeTurn(
  { side, asked }: Omit<Contestant, "warmUpTurns">,
  seconds = asked.seconds,
): Promise<Turn> {
  const { targets, request, connections } = asked;
  const before = threadMicros(side.pid);
  const settings = { port: side.port, targets, request, connections, seconds, requests: REQUESTS_MAX };
  const result = await runLoad(settings);
  const { requests, connects } = result;
  return {
    cpuUs: (threadMicros(side.pid) - before) / Math.max(1, requests),
    requestsPerSecond: requests / result.seconds,
    requests,
    errors: errorsOf(result),
    connects,
    memoryMiB: residentMiB(side.pid),
  };
}

/**
 * Takes `rounds` turns of each: forwards and backwards in turn, after a warm-up of each that is not counted. The turns of one
 * contestant are in one list, by round; `progress` hears of each.
 */
export async function takeRounds(
  contestants: readonly Contestant[],
  rounds: number,
  progress: (words: string) => void,
): Promise<Turn[][]> {
  const turns: Turn[][] = contestants.map(() => []);
  for (const { warmUpTurns, ...one } of contestants) await takeTurn(one, one.asked.seconds * warmUpTurns);
  for (let round = 0; round < rounds; round++) {
    const order = contestants.map((_, index) => index);
    if (round % 2 === 1) order.reverse();
    for (const index of order) turns[index]!.push(await takeTurn(contestants[index]!));
    progress(`round ${round + 1} of ${rounds}`);
  }
  return turns;
}
