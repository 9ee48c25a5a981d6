import { LoginName } from "./login-name.ts";
import { logsIn, type RpcCall, rpcFinding } from "./rpc-rule.ts";
import type { BodyReader, Finding, GuardFacts, LoginTry } from "./types.ts";
import { CallScan } from "./xml-call-scan.ts";
import { XmlTokenizer } from "./xml-tokenizer.ts";

/**
 * Judges a body as XML-RPC (DESIGN 3.3): at its door everything that is not certainly an allowed call is refused;
 * elsewhere, where a rewritten path may lead to the same worker code, everything that may be one.
 *
 * Fed from the body's first byte. Constant memory, no tree; a body that is no XML costs a look at its first byte.
 */
export class XmlReader implements BodyReader {
  readonly #facts: GuardFacts;
  /** Null at the door, where every body is a call. */
  readonly #scan: CallScan | null;
  /** Null before there is anything to read. */
  #tokens: XmlTokenizer | null = null;
  /** The call that the body was found to hold, at its end; null without one. */
  call: RpcCall | null = null;

  constructor(facts: GuardFacts) {
    this.#facts = facts;
    this.#scan = facts.door?.place === "xml-rpc" ? null : new CallScan();
  }

  feed(bytes: Uint8Array, from: number, to: number): void {
    if (from === to || !this.#mayBeDocument(bytes, from, to)) return;
    this.#tokens ??= this.#begin();
    this.#tokens.feed(bytes, from, to);
  }

  #begin(): XmlTokenizer {
    const tokens = new XmlTokenizer();
    const { logins } = this.#facts;
    if (logins !== undefined) tokens.grammar.second = new LoginName(logins);
    return tokens;
  }

  loginTry(): LoginTry | null {
    const grammar = this.#tokens?.grammar;
    if (grammar === undefined || !grammar.ended || !logsIn(this.#service, grammar.method)) return null;
    const hash = grammar.second?.result() ?? null;
    return hash === null ? null : { rule: "rpc", hash };
  }

  end(): Finding | null {
    const tokens = this.#tokens;
    if (tokens === null && this.#scan === null) return this.#judgeEmpty();
    if (tokens === null || (this.#scan !== null && !this.#scan.mayBeCall)) return null;
    tokens.end();
    const { reason, offset, grammar } = tokens;
    if (reason !== "") return { reading: "xml-rpc", key: "methodCall", offset, reason };
    const first = grammar.first(this.#facts.bound.database);
    this.call = { reading: "xml-rpc", service: this.#service, method: grammar.method, first, offset: grammar.offset };
    return rpcFinding(this.call, this.#facts);
  }

  /** Empty where the path does not tell. */
  get #service(): string {
    return this.#scan === null ? lastSegment(this.#facts.judgedPath) : "";
  }

  /** No call at all: it names nothing, but at the db service only `server_version` may be asked for. */
  #judgeEmpty(): Finding | null {
    if (lastSegment(this.#facts.judgedPath) !== "db") return null;
    return { reading: "xml-rpc", key: "service", offset: 0, reason: "the db service is closed" };
  }

  #mayBeDocument(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#scan === null) return true;
    if (!this.#scan.mayBeCall) this.#scan.feed(bytes, from, to);
    return !this.#scan.isNoDocument;
  }
}

/**
 * The service that a path names: both routes, `/xmlrpc/SERVICE` and `/xmlrpc/2/SERVICE`, end with it, with or without a
 * language before.
 */
function lastSegment(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}
