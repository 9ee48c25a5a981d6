import type { AnswerCode } from "../core/answers.ts";
import { unitAt } from "../core/unit-at.ts";

/** A request target in parts (RFC 9112 section 3.2). */
export interface Target {
  /** Authority of an absolute-form target, unparsed; empty for origin-form. */
  readonly authority: string;
  /** As sent, `/` where an absolute-form has none. */
  readonly path: string;
  /** Without its `?`, byte for byte. */
  readonly query: string;
  /** Whether there was a `?`, which an empty query does not tell. */
  readonly hasQuery: boolean;
}

const HASH = 35;
const SLASH = 47;
const QUESTION = 63;
const AT = 64;
const SCHEME = "http://";

/**
 * Splits a request target, or names the answer that refuses it.
 *
 * Taken: origin-form, and absolute-form of `http` with an authority that has no userinfo; the authority's own grammar
 * is the host policy's. Every byte must be 0x21 to 0x7e and no `#`: a worker behind would cut there. `"<>\^`{|}` are
 * passed although RFC 3986 lists none of them: browsers send some raw in queries. Hot: once per request.
 */
export function splitTarget(method: string, target: string): Target | AnswerCode {
  if (!isPrintable(target)) return "bad_target";
  if (unitAt(target, 0) === SLASH) return splitAt("", target, 0);
  if (target === "*") return method === "OPTIONS" ? "asterisk_target" : "bad_target";
  return splitAbsolute(target);
}

function splitAbsolute(target: string): Target | AnswerCode {
  if (target.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return "bad_target";
  let end = SCHEME.length;
  for (; end < target.length; end++) {
    const code = unitAt(target, end);
    if (code === AT) return "bad_target";
    if (code === SLASH || code === QUESTION) break;
  }
  if (end === SCHEME.length) return "bad_target";
  return splitAt(target.slice(SCHEME.length, end), target, end);
}

function splitAt(authority: string, target: string, from: number): Target {
  const question = target.indexOf("?", from);
  const path = target.slice(from, question < 0 ? target.length : question);
  return {
    authority,
    path: path === "" ? "/" : path,
    query: question < 0 ? "" : target.slice(question + 1),
    hasQuery: question >= 0,
  };
}

function isPrintable(target: string): boolean {
  for (let i = 0; i < target.length; i++) {
    const code = unitAt(target, i);
    if (code < 0x21 || code > 0x7e || code === HASH) return false;
  }
  return target.length > 0;
}
