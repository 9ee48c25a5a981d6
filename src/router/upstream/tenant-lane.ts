import type { PlannedTier } from "../../plan/types.ts";
import { type RuleName, ruleNames } from "../../policy/rules.ts";
import type { LaneQueue } from "./fair-queue.ts";

/** What a tier says about its tenants' concurrency. */
export type LaneLimits = Pick<
  PlannedTier,
  "inFlightMax" | "inFlightByRuleMax" | "weight" | "queueMax" | "queueTimeoutMs"
>;

/** More than any endpoint has slots: a rule without a cap of its own. */
const UNCAPPED = 2 ** 30;

/**
 * One tenant's share of its pool: what it has in flight, what waits, and how much of each its tier allows.
 *
 * Lives as long as the tenant stays in this pool, over reloads; a tenant that moves gets a new lane, and the old one
 * ends with the requests that hold it. The counts belong to the pool.
 */
export class TenantLane {
  readonly tenant: string;
  /** Requests that hold a slot, internal clients' apart. */
  inFlight = 0;
  /** The same by index of the rule. */
  readonly inFlightByRule = ruleNames.map(() => 0);
  queued = 0;
  inFlightMax = 0;
  /** Requests that one turn in the pool's round is worth. */
  weight = 1;
  queueMax = 0;
  queueTimeoutMs = 0;
  /** Exists only while something waits: most of a hundred thousand tenants are idle. */
  queue: LaneQueue | null = null;
  #ruleMax: readonly number[] = [];

  constructor(tenant: string, limits: LaneLimits) {
    this.tenant = tenant;
    this.update(limits);
  }

  /**
   * Takes new limits; the pool's next `update` or `sweep` acts on them. What already waits keeps its deadline, and the
   * caps of its rule.
   */
  update(limits: LaneLimits): void {
    this.inFlightMax = limits.inFlightMax;
    this.weight = limits.weight;
    this.queueMax = limits.queueMax;
    this.queueTimeoutMs = limits.queueTimeoutMs;
    const caps: Partial<Record<RuleName, number | null>> = limits.inFlightByRuleMax;
    this.#ruleMax = ruleNames.map((rule) => caps[rule] ?? UNCAPPED);
  }

  /** Whether the tier caps this rule by itself. */
  isCapped(ruleIndex: number): boolean {
    return this.#ruleMax[ruleIndex] !== UNCAPPED;
  }

  /** Whether the cap of this rule, if it has one, admits one more. */
  hasRoomFor(ruleIndex: number): boolean {
    return this.inFlightByRule[ruleIndex]! < this.#ruleMax[ruleIndex]!;
  }

  /** Whether a request of this rule may be in flight now without overtaking one of its tenant that could be, too. */
  admits(ruleIndex: number): boolean {
    if (this.inFlight >= this.inFlightMax || !this.hasRoomFor(ruleIndex)) return false;
    return this.queue === null || this.queue.turns.head === null;
  }
}
