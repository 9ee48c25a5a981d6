import { createHash, createHmac } from "node:crypto";
import type { Debt } from "../../policy/limits/debts.ts";
import type { HashKey } from "../../policy/limits/keyed-hash.ts";

/**
 * Names the buckets in the store: `{PREFIX:TENANT}:RULE:all` and `{PREFIX:TENANT}:RULE:HASH`.
 *
 * In braces is what a Cluster hashes, so that all keys of a request lie in one slot. Clients are keyed hashes: whoever
 * reads the store learns no address and no login name without the key. All replicas need the same one.
 */
export class StoreKeys {
  /** Hashes login names alike in all replicas. */
  readonly loginKey: HashKey;
  readonly #prefix: string;
  readonly #key: Buffer;

  /** `secret` may be empty: then hashes hide nothing from one who tries all addresses. */
  constructor(prefix: string, secret: string) {
    this.#prefix = prefix;
    this.#key = createHash("sha256").update("hostward limits\0").update(secret).digest();
    const login = createHash("sha256").update("hostward logins\0").update(secret).digest();
    this.loginKey = { k0: login.readInt32LE(0), k1: login.readInt32LE(4) };
  }

  /** The key of a bucket; worked out once. */
  of(debt: Debt): string {
    if (debt.storeKey === "") {
      const id = debt.client === "" ? "all" : this.#hash(debt.client);
      debt.storeKey = `{${this.#prefix}:${debt.tenant}}:${debt.rule}:${id}`;
    }
    return debt.storeKey;
  }

  /** A key that no limit has, to find out whether the store takes writes. */
  get trial(): string {
    return `{${this.#prefix}}:trial`;
  }

  #hash(client: string): string {
    return createHmac("sha256", this.#key).update(client).digest("base64url").slice(0, 22);
  }
}
