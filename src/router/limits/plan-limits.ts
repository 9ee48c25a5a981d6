import { setTimeout as delay } from "node:timers/promises";
import type { Plan, RedisSettings } from "../../plan/types.ts";
import type { LimitGate } from "./limit-gate.ts";

/** How long a plan waits for its store of limits; until it is there the rules' failure modes decide. */
const STORE_MS = 500;

/** The shared limits of the plan in service, and those of the one that is to come. */
export class PlanLimits {
  readonly #open: (settings: RedisSettings) => LimitGate;
  #current: LimitGate | null = null;

  /** `open` begins to connect; it throws when a secret cannot be read. */
  constructor(open: (settings: RedisSettings) => LimitGate) {
    this.#open = open;
  }

  /** Those for `plan`: those that serve, where the store is still the same. */
  async prepare({ edge }: Plan): Promise<LimitGate | null> {
    if (edge.redis === null) return null;
    if (JSON.stringify(this.#current?.settings) === JSON.stringify(edge.redis)) return this.#current;
    const opened = this.#open(edge.redis);
    await Promise.race([opened.connected, delay(STORE_MS, undefined, { ref: false })]);
    return opened;
  }

  /** Puts what `prepare` gave into service. */
  adopt(prepared: LimitGate | null): void {
    const before = this.#current;
    this.#current = prepared;
    if (before !== prepared) before?.close();
  }

  /** Gives up what `prepare` gave. */
  discard(prepared: LimitGate | null): void {
    if (prepared !== this.#current) prepared?.close();
  }
}
