import type { Plan, PlannedTenant } from "../../plan/types.ts";
import type { LinkedTenant, TenantStore } from "../link.ts";
import type { LiveTenant } from "../live-tenant.ts";
import { TenantLane } from "../upstream/tenant-lane.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { SCHEDULER } from "./parts.ts";
import type { Announce, PoolUser } from "./pool-for-threads.ts";
import { type SharedLaneCounts, SharedLanes } from "./shared-lanes.ts";

/** Where one tenant has been, the newest first: a tenant that moves to another pool gets a new lane there. */
interface Stay {
  readonly pool: string;
  readonly place: number;
  readonly before: Stay | null;
}

/**
 * Gives tenants their places in the memory that threads share, and each pool the lanes that requests wait in there.
 *
 * A name keeps its place for the life of the process, also when its tenant is gone: it may come back, and requests of the
 * plan before may still be on their way.
 */
export class SchedulerTenants implements TenantStore {
  readonly #lanes: SharedLanes;
  readonly #announce: Announce;
  readonly #stays = new Map<string, Stay>();
  readonly #segments: SharedArrayBuffer[] = [];
  readonly #lanesOf: (pool: Upstream) => Map<number, TenantLane>;
  #places = 0;

  /** `lanesOf` gives the lanes of a pool, by place. */
  constructor(parts: number, announce: Announce, lanesOf: (pool: Upstream) => Map<number, TenantLane>) {
    this.#lanes = new SharedLanes(parts, SCHEDULER);
    this.#lanesOf = lanesOf;
    this.#announce = announce;
  }

  introduce(user: PoolUser): void {
    for (const segment of this.#segments) user.tell({ kind: "lanes", segment });
  }

  placeOf({ name: pool }: Plan["pools"][number], { name }: PlannedTenant): number {
    const newest = this.#stays.get(name) ?? null;
    for (let stay = newest; stay !== null; stay = stay.before) if (stay.pool === pool) return stay.place;
    const stay = { pool, place: this.#newPlace(), before: newest };
    this.#stays.set(name, stay);
    return stay.place;
  }

  lane({ name, tier, place, upstream }: LinkedTenant): TenantLane {
    const lanes = this.#lanesOf(upstream);
    const known = lanes.get(place);
    known?.update(tier);
    const lane = known ?? new TenantLane(name, tier, this.countsAt(place));
    lanes.set(place, lane);
    return lane;
  }

  countsAt(place: number): SharedLaneCounts {
    return this.#lanes.counts(place);
  }

  /** The totals of all threads, wherever the tenant was. */
  live({ name }: LinkedTenant): LiveTenant {
    return new SumOfTotals(() => this.#totalsOf(name));
  }

  giveBack(part: number): void {
    this.#lanes.giveBack(part, this.#places);
  }

  #totalsOf(name: string): LiveTenant[] {
    const all: LiveTenant[] = [];
    for (let stay = this.#stays.get(name) ?? null; stay !== null; stay = stay.before) {
      all.push(this.#lanes.totals(stay.place));
    }
    return all;
  }

  #newPlace(): number {
    if (this.#places === this.#lanes.capacity) {
      const segment = this.#lanes.allocate();
      this.#lanes.add(segment);
      this.#segments.push(segment);
      this.#announce({ kind: "lanes", segment });
    }
    return this.#places++;
  }
}

class SumOfTotals implements LiveTenant {
  readonly #all: () => readonly LiveTenant[];

  constructor(all: () => readonly LiveTenant[]) {
    this.#all = all;
  }

  get requests(): number {
    return this.#sum("requests");
  }

  get answered(): number {
    return this.#sum("answered");
  }

  get bytesIn(): number {
    return this.#sum("bytesIn");
  }

  get bytesOut(): number {
    return this.#sum("bytesOut");
  }

  /** The thread that schedules serves nobody. */
  count(): void {}

  #sum(of: "requests" | "answered" | "bytesIn" | "bytesOut"): number {
    return this.#all().reduce((sum, totals) => sum + totals[of], 0);
  }
}
