import { fileURLToPath } from "node:url";

/** Folder of the demo's catalog: three pools, two tiers, five tenants under `localhost`. */
export const demoCatalogPath = fileURLToPath(new URL("../../config/examples/demo", import.meta.url));
