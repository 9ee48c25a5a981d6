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

/** What a tenant has in flight, internal clients' apart: in this thread's memory, or in that which threads share. */
export interface LaneCounts {
  readonly inFlight: number;
  /** The same of one rule, by its index. */
  ofRule(ruleIndex: number): number;
  /** Takes a place where less than `max` is in flight, and less than `ruleMax` of the rule; whether it did. */
  enter(max: number, ruleIndex: number, ruleMax: number): boolean;
  leave(ruleIndex: number): void;
}

export class OwnLaneCounts implements LaneCounts {
  inFlight = 0;
  readonly #byRule = ruleNames.map(() => 0);

  ofRule(ruleIndex: number): number {
    return this.#byRule[ruleIndex]!;
  }

  enter(max: number, ruleIndex: number, ruleMax: number): boolean {
    if (this.inFlight >= max || this.#byRule[ruleIndex]! >= ruleMax) return false;
    this.inFlight++;
    this.#byRule[ruleIndex]!++;
    return true;
  }

  leave(ruleIndex: number): void {
    this.inFlight--;
    this.#byRule[ruleIndex]!--;
  }
}

/**
 * One tenant's share of its pool: what it has in flight, what waits, and how much of each its tier allows.
 *
 * Lives as long as the tenant stays in this pool, over reloads; a tenant that moves gets a new lane, and the old one
 * ends with the requests that hold it. Places are taken by the pool.
 */
export class TenantLane {
  readonly tenant: string;
  readonly counts: LaneCounts;
  queued = 0;
  inFlightMax = 0;
  /** Requests that one turn in the pool's round is worth. */
  weight = 1;
  queueMax = 0;
  queueTimeoutMs = 0;
  /** Exists only while something waits: most of a hundred thousand tenants are idle. */
  queue: LaneQueue | null = null;
  #ruleMax: readonly number[] = [];

  constructor(tenant: string, limits: LaneLimits, counts: LaneCounts = new OwnLaneCounts()) {
    this.tenant = tenant;
    this.counts = counts;
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
    return this.counts.ofRule(ruleIndex) < this.#ruleMax[ruleIndex]!;
  }

  /** Whether the tenant may have one more in flight. */
  get hasRoom(): boolean {
    return this.counts.inFlight < this.inFlightMax;
  }

  /** Takes a place for a request that would overtake none of its tenant that could be in flight, too; whether it did. */
  enter(ruleIndex: number): boolean {
    if (this.queue !== null && this.queue.turns.head !== null) return false;
    return this.counts.enter(this.inFlightMax, ruleIndex, this.#ruleMax[ruleIndex]!);
  }

  /** The same for one that waits and whose turn it is; one that began to wait without a cap has none. */
  enterFromQueue(ruleIndex: number, cappedRule: number): boolean {
    return this.counts.enter(this.inFlightMax, ruleIndex, cappedRule < 0 ? UNCAPPED : this.#ruleMax[ruleIndex]!);
  }

  leave(ruleIndex: number): void {
    this.counts.leave(ruleIndex);
  }
}
