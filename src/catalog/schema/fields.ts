import { z } from "zod";
import { formatDurationMs, formatQuantityBytes, parseDurationMs, parseQuantityBytes } from "../../core/units.ts";
import { scanHostname } from "../hostname.ts";
import { scanEndpointAddress, scanIpAddress, scanNetwork } from "../network.ts";
import { type Scanned, scannedText } from "../scanned.ts";

/** The kinds of fields that the schema is made of. Units and types stand in the metadata, for the reference page. */

const HOUR_MS = 3_600_000;
const DURATION_MAX_MS = 7 * 24 * HOUR_MS;
const TEBIBYTE = 2 ** 40;

const durationPattern = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";
const sizePattern = "^[0-9]{1,15}(\\.[0-9]{1,9})?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P|[eE][+]?[0-9]{1,2})?$";

/** A Gateway API duration; read as whole milliseconds. */
export function duration(usual: string, description: string, minMs = 1) {
  const scan = (text: string): Scanned<number> => {
    const value = parseDurationMs(text);
    if (value === null) return { fault: "must be a duration" };
    if (value >= minMs && value <= DURATION_MAX_MS) return { value };
    return { fault: `must be between ${formatDurationMs(minMs)} and ${formatDurationMs(DURATION_MAX_MS)}` };
  };
  const schema = scannedText("invalid_duration", scan);
  return schema.prefault(usual).meta({ description, type: "string", pattern: durationPattern, unit: "duration" });
}

/** A Kubernetes quantity; read as whole bytes. */
export function size(usual: string, description: string, bytesMin = 1, bytesMax = TEBIBYTE) {
  const scan = (text: string): Scanned<number> => {
    const value = parseQuantityBytes(text);
    if (value === null) return { fault: "must be a size in whole bytes" };
    if (value >= bytesMin && value <= bytesMax) return { value };
    return { fault: `must be between ${formatQuantityBytes(bytesMin)} and ${formatQuantityBytes(bytesMax)}` };
  };
  const schema = scannedText("invalid_size", scan);
  // A quantity without a suffix is a number in YAML.
  const text = (value: unknown): unknown => (Number.isSafeInteger(value) ? String(value) : value);
  const meta = { description, type: ["string", "integer"], pattern: sizePattern, unit: "size" };
  return z.preprocess(text, schema).prefault(usual).meta(meta);
}

/** A whole number of something. */
export function count(usual: number, min: number, max: number, unit: string, description: string) {
  return z.int().min(min).max(max).prefault(usual).meta({ description, unit });
}

/** A TCP port that can be connected to. */
export const port = z.int().min(1).max(65_535);

/** A TCP port to listen on; 0 takes any free one. */
export const listenPort = z.int().min(0).max(65_535);

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** An RFC 1123 label that is no property of a JavaScript object. */
export const name = scannedText("invalid_name", (text) => {
  if (text in Object.prototype) return { fault: "the name is reserved", code: "reserved_name" };
  return NAME.test(text) ? { value: text } : { fault: "must be an RFC 1123 label" };
}).meta({ type: "string", pattern: NAME.source });

const DATABASE = /^[a-z0-9][a-z0-9_.-]*$/;
const DATABASE_BYTES_MAX = 63;
const reservedDatabases = ["postgres", "template0", "template1"];

/** Reads a PostgreSQL database name as Odoo tenants may have it. */
export function scanDatabase(text: string): Scanned<string> {
  if (text in Object.prototype || reservedDatabases.includes(text))
    return { fault: "the name is reserved", code: "reserved_name" };
  if (text.length > DATABASE_BYTES_MAX)
    return { fault: `must be at most ${DATABASE_BYTES_MAX} bytes, found ${Buffer.byteLength(text)}` };
  return DATABASE.test(text)
    ? { value: text }
    : { fault: "must be a to z, 0 to 9, `_`, `.` and `-`, and start with a letter or digit" };
}

/** A database name. */
export const database = scannedText("invalid_database", scanDatabase);

/** A hostname of a tenant. */
export const hostname = scannedText("invalid_hostname", scanHostname);

/** An IP address. */
export const ipAddress = scannedText("invalid_address", scanIpAddress);

/** An IP address or a hostname. */
export const endpointAddress = scannedText("invalid_address", scanEndpointAddress);

/** Networks, each a CIDR or an address. */
export function networks(description: string) {
  const schema = z.array(scannedText("invalid_network", scanNetwork).meta({ type: "string" }));
  return schema.prefault([]).meta({ description, unit: "CIDR" });
}

/** What every document says of itself. */
export function metadata<Extra extends z.ZodRawShape>(description: string, extra: Extra) {
  const texts = z.record(z.string(), z.string()).optional();
  return z
    .strictObject({
      name: name.meta({ description }),
      ...extra,
      labels: texts.meta({ description: "For other tools; not read." }),
      annotations: texts.meta({ description: "For other tools; not read." }),
    })
    .meta({ description: "What the document is called." });
}

/** A document of one kind. */
export function document<Kind extends string, Meta extends z.ZodType, Spec extends z.ZodType>(
  kind: Kind,
  meta: Meta,
  spec: Spec,
  description: string,
) {
  return z
    .strictObject({
      apiVersion: z.literal("hostward.dev/v1alpha1").meta({ description: "Version of this schema." }),
      kind: z.literal(kind).meta({ description: "Kind of the document." }),
      metadata: meta,
      spec,
    })
    .meta({ description });
}
