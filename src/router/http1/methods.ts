/** The request methods that are known. */
import { standsAt } from "./grammar.ts";

/** The IANA registry, but for PRI: the HTTP/2 preface's alone, never a request's (RFC 9113 section 3.4). */
const methods = new Set(
  (
    "ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY MKCALENDAR " +
    "MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PROPFIND PROPPATCH PUT QUERY REBIND REPORT " +
    "SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL"
  ).split(" "),
);

/** Of nearly all requests: texts of our own, which are compared and looked up faster than slices. */
const commonMethods = ["GET", "POST"].map((text) => ({ text, bytes: Buffer.from(text) }));

/** The method in `bytes[from, to)`; empty where it is not known. Hot: the common ones cost no text. */
export function knownMethod(bytes: Uint8Array, from: number, to: number): string {
  for (const common of commonMethods)
    if (to - from === common.bytes.length && standsAt(bytes, from, common.bytes)) return common.text;
  const method = Buffer.from(bytes.subarray(from, to)).toString("latin1");
  return methods.has(method) ? method : "";
}
