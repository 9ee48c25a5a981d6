import { z } from "zod";
import type { Dbfilter } from "../../policy/dbfilter.ts";
import { scannedText } from "../scanned.ts";
import { document, endpointAddress, metadata, name, port } from "./fields.ts";

const ODOO_MAJOR_MIN = 13;
const ODOO_MAJOR_MAX = 19;

const odoo = scannedText("invalid_odoo_version", (text) => {
  const major = /^([0-9]{2})\.0$/.exec(text)?.[1];
  if (major !== undefined && Number(major) >= ODOO_MAJOR_MIN && Number(major) <= ODOO_MAJOR_MAX) return { value: text };
  return { fault: `must be a version from ${ODOO_MAJOR_MIN}.0 to ${ODOO_MAJOR_MAX}.0` };
});

const dbfilters = ["^%h$", "%h", "^%d$", "^%d\\..*$"] as const satisfies readonly Dbfilter[];

const dbfilter = scannedText("unsupported_dbfilter", (text) => {
  const value = dbfilters.find((filter) => filter === text);
  return value === undefined ? { fault: `must be one of ${dbfilters.join(", ")}` } : { value };
});

const service = z
  .strictObject({
    name: name.prefault("worker-odoo").meta({ description: "Name of the Service." }),
    httpPort: port.prefault(8069).meta({ description: "Port of requests." }),
    realtimePort: port
      .optional()
      .meta({ description: "Port of WebSockets and long polling; without it, `httpPort` (threaded Odoo)." }),
    guardPort: port
      .prefault(8068)
      .meta({ description: "Port of the guard beside the workers, where the Edge's `productionGuard` is `Sidecar`." }),
  })
  .prefault({})
  .meta({ description: "The Service in front of the workers, in the pool's namespace." });

const endpoint = z.strictObject({
  address: endpointAddress.meta({ description: "IP address or hostname of a worker." }),
  httpPort: port.meta({ description: "Port of requests." }),
  realtimePort: port.optional().meta({ description: "Port of WebSockets and long polling; without it, `httpPort`." }),
});

const spec = z
  .strictObject({
    odoo: odoo.meta({ description: 'Odoo version, in quotes: `"18.0"`.', type: "string", pattern: "^1[3-9]\\.0$" }),
    service,
    dbfilter: dbfilter.meta({
      description: "The `dbfilter` that the workers run with: `%h` is the hostname, `%d` its first label.",
      type: "string",
      enum: [...dbfilters],
    }),
    workers: z.int().min(1).max(10_000).optional().meta({
      description:
        "Processes per endpoint, which is the number of requests in flight per endpoint; without it nothing is queued and nothing bounds them.",
      unit: "processes",
    }),
    endpoints: z
      .array(endpoint)
      .max(1000)
      .prefault([])
      .meta({ description: "Where `serve` connects; empty: the Service's name by DNS." }),
  })
  .meta({ description: "Settings of the pool." });

/** The workers of one Odoo version. */
export const poolDocument = document(
  "WorkerPool",
  metadata("Name of the pool.", { namespace: name.meta({ description: "Namespace of the workers' Service." }) }),
  spec,
  "The Odoo workers of one version, in a namespace of their own.",
);
