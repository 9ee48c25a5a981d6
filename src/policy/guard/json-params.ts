import { type FirstArgument, logsIn, type RpcCall, rpcFinding } from "./rpc-rule.ts";
import type { ShortText } from "./short-text.ts";
import type { Finding, GuardFacts } from "./types.ts";

/** Members of `params` that matter. */
export const paramNames = ["service", "method", "args", "db"] as const;
export type ParamName = (typeof paramNames)[number];

/** Services that a worker has; others are a webhook's own business, but not on an RPC door. */
const rpcServices: ReadonlySet<string> = new Set(["common", "db", "object"]);

/**
 * What one top-level `params` object was found to hold, and the verdict on it at its end: members come in any order,
 * and only a few words of them are kept.
 */
export class JsonParams {
  readonly #facts: GuardFacts;
  readonly #rpcDoor: boolean;
  #offset = 0;
  #seen = 0;
  #repeated = false;
  /** Null until it is seen as a string. */
  #service: string | null = null;
  /** Whether any `service` was one of the worker's: of repeated keys, workers take the last. */
  #callsWorker = false;
  #method: string | null = null;
  #argsWrong = false;
  #first: FirstArgument = "none";
  /** Whether the last call that was found tries a password. */
  logsIn = false;
  /** The last call that was found and judged; null without one. */
  call: RpcCall | null = null;

  constructor(facts: GuardFacts) {
    this.#facts = facts;
    this.#rpcDoor = facts.door?.place === "json-rpc";
  }

  /** A `params` object begins, its name at `offset`. */
  open(offset: number): void {
    this.#offset = offset;
    this.#seen = 0;
    this.#repeated = false;
    this.#service = null;
    this.#callsWorker = false;
    this.#method = null;
    this.#argsWrong = false;
    this.#first = "none";
  }

  /** One of its members begins. */
  member(name: ParamName): void {
    const bit = 1 << paramNames.indexOf(name);
    if ((this.#seen & bit) !== 0) this.#repeated = true;
    this.#seen |= bit;
  }

  /** That member is a string. A `db` is judged at once, `offset` being where the member begins. */
  text(name: ParamName, value: ShortText, offset: number): Finding | null {
    if (name === "db") return this.#isOwn(value) ? null : foreignDatabase(offset);
    if (name === "args") this.#argsWrong = true;
    else if (name === "method") this.#method = value.text();
    else {
      this.#service = value.text();
      this.#callsWorker ||= rpcServices.has(this.#service);
    }
    return null;
  }

  /** That member is neither a string nor, as `args`, an array. */
  other(name: ParamName, offset: number): Finding | null {
    if (name === "db") return foreignDatabase(offset);
    if (name === "service") this.#service = null;
    else if (name === "method") this.#method = null;
    else this.#argsWrong = true;
    return null;
  }

  /** An empty name opens nothing: a worker refuses it itself. */
  #isOwn(value: ShortText): boolean {
    return value.is(this.#facts.bound.database) || value.is("");
  }

  firstText(value: ShortText): void {
    this.#first = value.is(this.#facts.bound.database) ? "bound" : "foreign";
  }

  firstOther(): void {
    this.#first = "other";
  }

  /** The object ends. */
  close(): Finding | null {
    if (!this.#rpcDoor && !this.#isCall()) return null;
    if (this.#repeated) return this.#refuse("params", "a name in the call is repeated");
    if (this.#service === null) return this.#refuse("service", "the service must be a string");
    if (this.#method === null) return this.#refuse("method", "the method must be a string");
    if (this.#argsWrong) return this.#refuse("args", "the arguments must be an array");
    this.logsIn = logsIn(this.#service, this.#method);
    this.call = {
      reading: "json-rpc",
      service: this.#service,
      method: this.#method,
      first: this.#first,
      offset: this.#offset,
    };
    return rpcFinding(this.call, this.#facts);
  }

  /** Off the doors: whether a worker would call one of its services with this, at an alias of the endpoint. */
  #isCall(): boolean {
    return this.#callsWorker && (this.#seen & CALL) === CALL;
  }

  #refuse(key: string, reason: string): Finding {
    return { reading: "json-rpc", key, offset: this.#offset, reason };
  }
}

/** The bits of `service`, `method` and `args`: a worker needs all three. */
const CALL = 0b111;

function foreignDatabase(offset: number): Finding {
  return { reading: "json", key: "db", offset, reason: "the parameters name another database, or none as a string" };
}
