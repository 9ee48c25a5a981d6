import type { AnswerCode } from "../../src/core/answers.ts";
import { fieldValues } from "../support/strict-http.ts";
import type { Reading } from "./reading.ts";

/** Why the edge refuses what other parsers take. */
export interface Refusal {
  readonly code: AnswerCode;
  readonly reason: string;
  /** Whether the reason is true of a request, by what an oracle read of it. `raw` is the head. */
  holds(reading: Reading, raw: string): boolean;
}

const once = ["host", "content-length", "content-type", "content-encoding", "authorization", "origin"];
const version = (raw: string) => / HTTP\/([0-9.]+)\r?\n/.exec(raw)?.[1] ?? "";

/** Every refusal of something that all oracles accept must be one of these. */
export const refusals: readonly Refusal[] = [
  {
    code: "malformed_request",
    reason: "HTTP/0.9: a request line without a version names no host and has no fields",
    holds: (_reading, raw) => version(raw) === "",
  },
  {
    code: "malformed_request",
    reason: "several blanks, or a tab, between the parts of the request line, or a version of two digits",
    holds: (_reading, raw) => !/^\S+ \S+ HTTP\/\d\.\d\r?\n/.test(raw),
  },
  {
    code: "underscore_field",
    reason: "WSGI reads `_` as `-` in names",
    holds: ({ fields }) => fields.some(([name]) => name.includes("_")),
  },
  {
    code: "repeated_field",
    reason: "servers disagree about which of two counts",
    holds: ({ fields }) => once.some((name) => fieldValues(fields, name).length > 1),
  },
  {
    code: "transfer_coding_unsupported",
    reason: "codings other than one `chunked` are forwarded by no server here (RFC 9112 section 6.1: 501)",
    holds: ({ fields }) => fieldValues(fields, "transfer-encoding").join().toLowerCase() !== "chunked",
  },
  {
    code: "protected_field",
    reason: "Connection nominates a field that says whom the request is for",
    holds: ({ fields }) =>
      fieldValues(fields, "connection").some((value) =>
        /host|cookie|authorization|origin|content-|transfer-|x-forw/i.test(value),
      ),
  },
  {
    code: "unknown_method",
    reason: "not in the IANA registry of methods",
    holds: ({ method }) => !/^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)$/.test(method),
  },
  {
    code: "method_refused",
    reason: "TRACE answers with the client's credentials, CONNECT asks for a tunnel",
    holds: ({ method }) => method === "TRACE" || method === "CONNECT",
  },
  {
    code: "expectation_failed",
    reason: "an expectation that only the worker could meet (RFC 9110 section 10.1.1: 417)",
    holds: ({ fields }) => fieldValues(fields, "expect").some((value) => value.toLowerCase() !== "100-continue"),
  },
  {
    code: "version_unsupported",
    reason: "any version but 1.1: 1.0 knows neither Host nor chunked",
    holds: (_reading, raw) => version(raw) !== "1.1",
  },
  {
    code: "head_too_large",
    reason: "more than 100 fields",
    holds: ({ fields }) => fields.length > 100,
  },
  {
    code: "bad_target",
    reason: "a form that a worker would take for another path or host: no leading slash, `#`, another scheme, userinfo",
    holds: ({ target }) => !/^(\/|http:\/\/[^/?@]+([/?]|$))[^#]*$/i.test(target) || /[^\x21-\x7e]/.test(target),
  },
  {
    code: "asterisk_target",
    reason: "`OPTIONS *` is about no tenant",
    holds: ({ method, target }) => method === "OPTIONS" && target === "*",
  },
  {
    code: "bad_path",
    reason: "a backslash, a broken escape or an escaped control byte in the path: servers decode them differently",
    holds: ({ target }) => /\\|%(?![0-9a-f]{2})|%[01][0-9a-f]|%7f/i.test(target.split("?")[0]!),
  },
  {
    code: "bad_host",
    reason: "Host, or the target's authority, is no ASCII hostname with an optional port",
    holds: ({ fields, target }) => {
      const authority = /^http:\/\/([^/?]*)/i.exec(target)?.[1] ?? "";
      const plain = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*\.?(:[0-9]{0,5})?$/i;
      const [host = ""] = fieldValues(fields, "host");
      return (
        !plain.test(host) ||
        (authority !== "" && !plain.test(authority)) ||
        /(^|\.)[0-9]+\.?(:|$)|:[0-9]{5}$/.test(host)
      );
    },
  },
];
