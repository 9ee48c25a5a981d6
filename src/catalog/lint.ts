import type { Problem } from "../core/problem.ts";
import { lintBindings } from "./lint/bindings.ts";
import { lintEndpoints } from "./lint/endpoints.ts";
import { lintHostnames } from "./lint/hostnames.ts";
import { lintListeners } from "./lint/listeners.ts";
import { lintRedis } from "./lint/redis.ts";
import { lintReferences } from "./lint/references.ts";
import type { EdgeDocument, Kind, PoolDocument, TenantDocument, TierDocument } from "./schema.ts";
import type { Declared } from "./validate.ts";

/** The documents that passed their schema, by kind and in the order of their places. */
export interface Declarations {
  readonly edges: readonly Declared<EdgeDocument>[];
  readonly pools: readonly Declared<PoolDocument>[];
  readonly tiers: readonly Declared<TierDocument>[];
  readonly tenants: readonly Declared<TenantDocument>[];
  /** Names of all documents, also of those that did not pass. */
  readonly names: Readonly<Record<Kind, ReadonlySet<string>>>;
}

/** Finds what is wrong between documents. Never takes more than n log n steps for n tenants. */
export type Lint = (declarations: Declarations) => Iterable<Problem>;

/** All of them; their order does not matter, since problems are sorted. */
export const lints: readonly Lint[] = [
  lintListeners,
  lintRedis,
  lintEndpoints,
  lintReferences,
  lintHostnames,
  lintBindings,
];
