import { z } from "zod";
import { edgeDocument } from "./schema/edge.ts";
import { poolDocument } from "./schema/pool.ts";
import { tenantDocument } from "./schema/tenant.ts";
import { tierDocument } from "./schema/tier.ts";

/** The schema of each kind of document: types, checks, defaults, the reference page and the JSON Schema come from it. */
export const documentSchemas = {
  Edge: edgeDocument,
  WorkerPool: poolDocument,
  Tier: tierDocument,
  Tenant: tenantDocument,
} as const;

export type Kind = keyof typeof documentSchemas;

/** Kinds in the order of the reference page. */
export const kinds = Object.keys(documentSchemas) as readonly Kind[];

export type EdgeDocument = z.output<typeof edgeDocument>;
export type PoolDocument = z.output<typeof poolDocument>;
export type TierDocument = z.output<typeof tierDocument>;
export type TenantDocument = z.output<typeof tenantDocument>;

/** What the operator wrote, checked, with every default in place: times in milliseconds, sizes in bytes. */
export interface Catalog {
  readonly edge: EdgeDocument;
  readonly pools: readonly PoolDocument[];
  readonly tiers: readonly TierDocument[];
  readonly tenants: readonly TenantDocument[];
}

/** The part of JSON Schema (2020-12) that the documents use. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly unit?: string;
  readonly const?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly items?: FieldSchema;
  readonly required?: readonly string[];
}

/** JSON Schema of what an operator may write for one kind. */
export function fieldSchema(kind: Kind): FieldSchema {
  return z.toJSONSchema(documentSchemas[kind], { io: "input" }) as FieldSchema;
}
