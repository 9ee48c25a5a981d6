import type { Problem } from "../core/problem.ts";
import type { CheckedCatalog } from "./check.ts";
import { deepFreeze } from "./freeze.ts";
import type { Plan, PlannedTenant } from "./types.ts";

/**
 * A piece of a checked catalog, small enough to be handed over between threads without a stall.
 *
 * First slices of problems; then, if there is a plan, one without its tenants and slices of those; then the end.
 */
export type Slice =
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  | { readonly kind: "plan"; readonly plan: Omit<Plan, "tenants"> }
  | { readonly kind: "tenants"; readonly tenants: readonly PlannedTenant[] }
  | { readonly kind: "end" };

/** Tenants or problems in a slice: handing over 100 takes less of the receiver than one request in ten. */
const SLICE_LENGTH = 100;

/** A checked catalog in slices, in the order in which `SliceCollector` takes them. */
export function* sliceCatalog({ problems, plan }: CheckedCatalog): Generator<Slice> {
  for (const part of parts(problems)) yield { kind: "problems", problems: part };
  if (plan !== undefined) {
    const { tenants, ...rest } = plan;
    yield { kind: "plan", plan: rest };
    for (const part of parts(tenants)) yield { kind: "tenants", tenants: part };
  }
  yield { kind: "end" };
}

function* parts<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += SLICE_LENGTH) yield list.slice(from, from + SLICE_LENGTH);
}

/** Puts slices together again, each frozen as it arrives. */
export class SliceCollector {
  readonly #problems: Problem[] = [];
  readonly #tenants: PlannedTenant[] = [];
  #plan: Omit<Plan, "tenants"> | undefined;

  /** Takes the next slice; the whole catalog after the last, else undefined. */
  take(slice: Slice): CheckedCatalog | undefined {
    switch (slice.kind) {
      case "problems":
        for (const problem of slice.problems) this.#problems.push(problem);
        return undefined;
      case "plan":
        this.#plan = deepFreeze(slice.plan);
        return undefined;
      case "tenants":
        for (const tenant of slice.tenants) this.#tenants.push(deepFreeze(tenant));
        return undefined;
      case "end":
        return this.#whole();
    }
  }

  #whole(): CheckedCatalog {
    if (this.#plan === undefined) return { problems: this.#problems };
    const plan = Object.freeze({ ...this.#plan, tenants: Object.freeze(this.#tenants) });
    return { problems: this.#problems, plan };
  }
}
