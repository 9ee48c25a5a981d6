import { readFileSync } from "node:fs";
import type { RedisSettings, SecretSource } from "../../plan/types.ts";

/** What of the store's settings a plan does not hold. Never to be logged. */
export interface StoreSecrets {
  readonly password: string;
  readonly sentinelPassword: string;
  /** Key of the clients' hashes; empty where there is neither `secret` nor `password`. */
  readonly hashKey: string;
  /** Certificates to trust; empty: those that Node trusts. */
  readonly ca: string;
}

/** Reads them from where they are. Throws, naming the place and never what is there, for one that is missing or empty. */
export function readStoreSecrets(settings: RedisSettings): StoreSecrets {
  const password = secretAt(settings.password, "password");
  const ownKey = secretAt(settings.secret, "secret");
  return {
    password,
    sentinelPassword: secretAt(settings.sentinelPassword, "sentinelPassword"),
    hashKey: ownKey === "" ? password : ownKey,
    ca: settings.tls === null || settings.tls.caFile === "" ? "" : readFile(settings.tls.caFile, "tls.caFile"),
  };
}

function secretAt(source: SecretSource | null, field: string): string {
  if (source === null) return "";
  const { from, name } = source;
  const text = from === "file" ? readFile(name, field).replace(/\r?\n$/, "") : (process.env[name] ?? "");
  if (text === "") throw new Error(`cannot use \`spec.redis.${field}\`: the ${wordOf[from]} \`${name}\` is empty`);
  return text;
}

const wordOf = { file: "file", env: "variable" } as const;

function readFile(path: string, field: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "no reason given";
    throw new Error(`cannot read \`${path}\` for \`spec.redis.${field}\`: ${code}`, { cause });
  }
}
