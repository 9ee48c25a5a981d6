import { z } from "zod";
import { scanEndpointAddress } from "../network.ts";
import { type FaultParams, type Scanned, scannedText } from "../scanned.ts";
import { count, duration } from "./fields.ts";

export interface StoreAddress {
  readonly host: string;
  readonly port: number;
}

const secretive: ReadonlySet<PropertyKey | undefined> = new Set([
  undefined,
  "addresses",
  "password",
  "sentinelPassword",
  "secret",
]);

/** Whether what stands at a path of a document may be a password, rightly or not: no problem may quote it. */
export function mayHoldSecret(path: readonly PropertyKey[]): boolean {
  return path[0] === "spec" && path[1] === "redis" && secretive.has(path[2]);
}

const ADDRESS = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:@/[\]]+)):([0-9]{1,5})$/;

/** Reads `HOST:PORT`. A URL is refused: it is where passwords end up in catalogs. */
function scanStoreAddress(text: string): Scanned<StoreAddress> {
  const [, six, host = six ?? "", port = ""] = ADDRESS.exec(text) ?? [];
  const scanned = scanEndpointAddress(host);
  if (port === "" || Number(port) < 1 || Number(port) > 65_535 || !("value" in scanned))
    return {
      fault: "must be a host and a port",
      hint: "write it as in redis.internal:6379; user and password have fields of their own",
    };
  return { value: { host: scanned.value, port: Number(port) } };
}

const FILE = /^\/[^\0]*$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Where a secret is; the catalog never holds it. */
function secretSource(description: string) {
  return z
    .strictObject({
      file: z
        .string()
        .optional()
        .meta({ description: "Absolute path of a file that holds it, a line's end left out.", pattern: FILE.source }),
      env: z.string().optional().meta({ description: "Variable that holds it.", pattern: VARIABLE.source }),
    })
    .transform(({ file, env }, context) => {
      if (file !== undefined && env === undefined && FILE.test(file)) return { from: "file" as const, name: file };
      if (env !== undefined && file === undefined && VARIABLE.test(env)) return { from: "env" as const, name: env };
      const params: FaultParams = { problem: "invalid_secret" };
      const message = "must be one absolute `file` or one `env`";
      context.issues.push({ code: "custom", message, input: "", params: { ...params } });
      return z.NEVER;
    })
    .optional()
    .meta({ description });
}

const tls = z
  .strictObject({
    caFile: scannedText("invalid_path", (text) =>
      text === "" || FILE.test(text)
        ? { value: text }
        : { fault: "must be an absolute path", hint: "write it as in /run/secrets/ca.pem" },
    )
      .prefault("")
      .meta({ type: "string", description: "Certificates to trust, PEM; empty: those that Node trusts." }),
    serverName: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .meta({ description: "Name that the certificate must be for; without it, the address." }),
  })
  .meta({ description: "TLS to the store, and to the Sentinels; without it, none." });

const PREFIX = /^[a-z0-9][a-z0-9_.-]{0,62}$/;

/** The store of limits that processes share. */
export const redis = z
  .strictObject({
    addresses: z
      .array(scannedText("invalid_address", scanStoreAddress).meta({ type: "string" }))
      .min(1)
      .max(64)
      .meta({ description: "`HOST:PORT` of the server, of the Sentinels, or of some nodes of the Cluster." }),
    topology: z
      .enum(["Standalone", "Sentinel", "Cluster"])
      .prefault("Standalone")
      .meta({ description: "What the addresses are." }),
    masterName: z.string().min(1).max(255).optional().meta({ description: "What the Sentinels call the master." }),
    username: z.string().min(1).max(255).optional().meta({ description: "ACL user; without it, the default user." }),
    password: secretSource("Where the password is."),
    sentinelUsername: z.string().min(1).max(255).optional().meta({ description: "ACL user at the Sentinels." }),
    sentinelPassword: secretSource("Where the Sentinels' password is."),
    secret: secretSource(
      "Where the key is by which clients' addresses are hashed, the same for all replicas; without it, it is derived from the password.",
    ),
    tls: tls.optional(),
    database: count(0, 0, 1_000_000, "database", "Number of the database."),
    keyPrefix: scannedText("invalid_name", (text) =>
      PREFIX.test(text)
        ? { value: text }
        : {
            fault: "must be a to z, 0 to 9, `_`, `.` and `-`, and start with a letter or digit",
            hint: "write it as in hostward",
          },
    )
      .prefault("hostward")
      .meta({ type: "string", description: "First part of every key.", pattern: PREFIX.source }),
    budget: duration("5ms", "Longest that a request waits for the store; then the rule's `failureMode` decides."),
    syncInterval: duration("50ms", "Time between two exchanges of what Hybrid limits counted.", 5),
    connectTimeout: duration("2s", "Longest wait for a connection.", 10),
  })
  .meta({ description: "Redis or Valkey, 6.2 or later: where limits with `scope: Global` count." });
