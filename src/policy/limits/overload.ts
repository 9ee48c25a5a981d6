import type { RuleName } from "../rules.ts";

/** What the edge can run out of. */
export const overloadResources = ["event_loop", "memory", "disk", "descriptors"] as const;
export type OverloadResource = (typeof overloadResources)[number];

/**
 * What is shed, cheapest to lose first; each stage sheds what the ones before it shed, too. `connections`: new ones.
 * `anonymous`: requests of rule `app` without a session, which are visitors of websites and robots. `sessionless`: all
 * requests without a session. `requests`: all requests. Never what is in flight, realtime, or internal clients.
 */
export const overloadStages = ["none", "connections", "anonymous", "sessionless", "requests"] as const;
export type OverloadStage = (typeof overloadStages)[number];
/** Index of a stage; 0 is none. */
export type OverloadLevel = 0 | 1 | 2 | 3 | 4;

const LEVEL_MAX = 4;
/** A stage ends only when the load is this far below where it began. */
const MARGIN_SHARE = 0.05;

/**
 * The level for a load, which is a share of what is a full one. Stages begin at `startShare` and in equal steps up to a
 * full load; `before` is the level until now.
 */
export function overloadLevel(load: number, startShare: number, before: OverloadLevel): OverloadLevel {
  const rises = levelAt(load, startShare);
  if (rises >= before) return rises;
  const stays = levelAt(load + MARGIN_SHARE, startShare);
  return stays >= before ? before : stays;
}

function levelAt(load: number, startShare: number): OverloadLevel {
  if (!(load >= startShare)) return 0;
  const stepShare = (1 - startShare) / LEVEL_MAX;
  // A sum of fractions may fall short of where a stage begins.
  const steps = stepShare > 0 ? Math.floor((load - startShare) / stepShare + 1e-9) : LEVEL_MAX;
  return Math.min(LEVEL_MAX, 1 + steps) as OverloadLevel;
}

/** What of a request decides whether it is shed. */
export interface SheddableRequest {
  readonly rule: RuleName;
  readonly realtime: boolean;
  readonly internal: boolean;
  /** It carries a session cookie; whether that is a valid one only its worker knows. */
  readonly session: boolean;
}

/** The stage that sheds this request at `level`, or `none`. */
export function shedAt(level: OverloadLevel, { rule, realtime, internal, session }: SheddableRequest): OverloadStage {
  if (level < 2 || internal || realtime) return "none";
  if (!session && rule === "app") return "anonymous";
  if (level >= 3 && !session) return "sessionless";
  return level >= 4 ? "requests" : "none";
}
