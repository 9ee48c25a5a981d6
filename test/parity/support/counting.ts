/** What counted cases are written with. */
import type { RowId } from "../../../src/plan/parity.ts";
import { exchangeRaw, readResponses } from "../../support/raw-client.ts";
import type { Where } from "./case.ts";
import type { ParityLane, Side } from "./lane.ts";

/** Something that is done to both edges; what it returns is wrong, nothing is a pass. */
export interface Counted {
  readonly name: string;
  readonly rows: readonly RowId[];
  readonly where: Where;
  readonly run: (lane: ParityLane) => Promise<string[]>;
}

/** Both edges. */
export const sides = ["node", "envoy"] as const satisfies readonly Side[];

/** The status of the answer to one request; 0 without any. */
export async function statusOf(lane: ParityLane, side: Side, bytes: string, from = ""): Promise<number> {
  const method = /^[A-Z]+/.exec(bytes)![0];
  const exchange = await exchangeRaw(lane.ports[side], [bytes], {
    quietMs: 4000,
    idleMs: 0,
    localAddress: from,
    satisfied: (received) => readResponses({ received, ended: "idle" }, [method]).finals.length > 0,
  });
  return readResponses(exchange, [method]).finals[0]?.status ?? 0;
}

/** How many of `times` requests each edge lets through, one after the other. */
export async function passed(lane: ParityLane, times: number, bytes: string, from = ""): Promise<Record<Side, number>> {
  const counts = { node: 0, envoy: 0 };
  for (const side of sides) {
    for (let i = 0; i < times; i++) if ((await statusOf(lane, side, bytes, from)) < 400) counts[side]++;
  }
  return counts;
}

/** Nothing when both are alike. */
export function differ(what: string, got: unknown, wanted: unknown): string[] {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  return a === b ? [] : [`${what}: ${a} instead of ${b}`];
}
