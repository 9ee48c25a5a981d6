import { z } from "zod";
import { documentSchemas } from "./schema.ts";

/** JSON Schema of a catalog's document, for editors: which fields there are depends on `kind`. */
export function renderCatalogJsonSchema(): string {
  const { Edge, WorkerPool, Tier, Tenant } = documentSchemas;
  const any = z.discriminatedUnion("kind", [Edge, WorkerPool, Tier, Tenant]);
  const schema = z.toJSONSchema(any, { io: "input" });
  const title = { title: "Hostward catalog", description: "A document of a Hostward catalog." };
  return `${JSON.stringify({ ...title, ...schema }, null, 2)}\n`;
}
