import type { Plan } from "../plan/types.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import { managedBy } from "./tree/marker.ts";

/** What to emit beside the routes. */
export interface EmitOptions {
  readonly customerAccess: "none" | "roles";
  /** Version of the generator, for the annotations. */
  readonly version: string;
}

/** A behaviour of this catalog that production does not have. */
export interface LostRow {
  readonly id: string;
  readonly behaviour: string;
  /** What covers it instead. */
  readonly cover: string;
  /** Where in the catalog it is asked for. */
  readonly where: string;
}

/** What a plan comes to. */
export interface Emitted {
  readonly files: readonly ManifestFile[];
  readonly lost: readonly LostRow[];
}

/** Every row of the parity table that can be lost, by its id. */
export const lossIds: readonly string[] = ["limit-spans-rules", "guard-none"];

/** Stand-in: one invented route per tenant. */
export function emitManifests(plan: Plan, options: EmitOptions): Emitted {
  const files = plan.tenants.map(({ name, hostname }) => ({
    path: `tenants/${name}.yaml`,
    manifests: [route(name, hostname, options)],
  }));
  const lost = plan.edge.productionGuard === "None" ? [guardNone] : [];
  return { files, lost };
}

const guardNone: LostRow = {
  id: "guard-none",
  behaviour: "bodies that name another database are refused",
  cover: "nothing",
  where: "Edge spec.productionGuard",
};

function route(name: string, hostname: string, { version }: EmitOptions): Manifest {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: {
      name,
      labels: { [managedBy.key]: managedBy.value },
      annotations: { "hostward.dev/generator": version },
    },
    spec: { hostnames: [hostname] },
  };
}
