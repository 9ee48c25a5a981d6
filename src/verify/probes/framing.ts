/**
 * Request framing that two parsers may read as two different requests.
 *
 * Each case is one whole request on a connection of its own, with nothing behind it: whatever an edge makes of it,
 * nobody else's request can be touched. Judged by whether it is refused.
 */
import { raw } from "../ask.ts";
import { fixes } from "../fixes.ts";
import { each, type JudgeOne, refused, say } from "../judges.ts";
import type { Ask, Probe, Severity, Target } from "../types.ts";

/** A call that needs no login and changes nothing; a worker answers it with a JSON-RPC result. */
const PATH = "/web/webclient/version_info";
const BODY = "2\r\n{}\r\n0\r\n\r\n";
const CHUNKED = "Transfer-Encoding: chunked";

/** Head lines in addition to Host and Content-Type, and the body. */
type Wire = readonly [fields: readonly string[], body: string];

const rows: ReadonlyArray<readonly [id: string, title: string, severity: Severity, wires: readonly Wire[]]> = [
  [
    "both",
    "Content-Length beside Transfer-Encoding is refused",
    "high",
    [
      [["Content-Length: 12", CHUNKED], BODY],
      [[CHUNKED, "Content-Length: 2"], BODY],
    ],
  ],
  [
    "lengths",
    "Two Content-Length fields that differ are refused",
    "high",
    [
      [["Content-Length: 2", "Content-Length: 1"], "{}"],
      [["Content-Length: 2, 1"], "{}"],
    ],
  ],
  [
    "length-grammar",
    "A Content-Length that is no plain number is refused",
    "medium",
    [
      [["Content-Length: +2"], "{}"],
      [["Content-Length: 0x2"], "{}"],
      [["Content-Length: 2_0"], "{}"],
    ],
  ],
  [
    "codings",
    "A Transfer-Encoding that is not exactly chunked is refused",
    "high",
    [
      [["Transfer-Encoding: xchunked"], BODY],
      [["Transfer-Encoding: chunked, identity"], BODY],
      [["Transfer-Encoding: identity", CHUNKED], BODY],
      [["Transfer-Encoding: chunked", "Transfer-Encoding: x"], BODY],
      [['Transfer-Encoding: "chunked"'], BODY],
      [["Transfer-Encoding:\x0bchunked"], BODY],
    ],
  ],
  [
    "space-before-colon",
    "A space before a field's colon is refused",
    "high",
    [[["Transfer-Encoding : chunked"], BODY]],
  ],
  ["folding", "A folded field line is refused", "low", [[["Transfer-Encoding:\r\n chunked"], BODY]]],
  ["bare-lf", "A bare line feed inside a head is refused", "low", [[[`X-Verify: a\n${CHUNKED}`], BODY]]],
  [
    "bare-cr",
    "A bare carriage return or NUL in a field is refused",
    "medium",
    [
      [[`X-Verify: a\r${CHUNKED}`, CHUNKED], BODY],
      [["X-Verify: a\0b", CHUNKED], BODY],
    ],
  ],
  [
    "chunk-lf",
    "A chunk that ends in a bare line feed is refused",
    "high",
    [
      [[CHUNKED], "2\n{}\n0\n\n"],
      [[CHUNKED], "2;a\nb\r\n{}\r\n0\r\n\r\n"],
    ],
  ],
  [
    "chunk-size",
    "A chunk size that is no plain hexadecimal number is refused",
    "high",
    [
      [[CHUNKED], "0x2\r\n{}\r\n0\r\n\r\n"],
      [[CHUNKED], "+2\r\n{}\r\n0\r\n\r\n"],
      [[CHUNKED], "2 \0\r\n{}\r\n0\r\n\r\n"],
    ],
  ],
];

/** The same call, well-formed. */
export function wellFormed(to: Target): Ask {
  return raw(to, bytesOf(to, [[CHUNKED], BODY]));
}

/** Holds when the malformed call is refused and the well-formed one is not. */
const refusedAlone: JudgeOne = (exchange, home) => {
  const judged = refused(exchange, home);
  if (judged.verdict !== "holds" || home.takesChunks) return judged;
  return say("unknown", exchange, "the same call is refused when it is well-formed, too");
};

function bytesOf(to: Target, [fields, body]: Wire): string {
  const head = [`Host: ${to.own.host}`, "User-Agent: hostward-verify", "Content-Type: application/json", ...fields];
  return `POST ${PATH} HTTP/1.1\r\n${head.join("\r\n")}\r\nConnection: close\r\n\r\n${body}`;
}

export const framingFamily: readonly Probe[] = rows.map(
  ([id, title, severity, wires]): Probe => ({
    id: `framing.${id}`,
    title,
    severity,
    why: "what one hop takes for a body, the next may take for a request of its own, with somebody else's answer (request smuggling)",
    fix: fixes.framing,
    asks: (to) => wires.map((wire) => raw(to, bytesOf(to, wire))),
    judge: each(refusedAlone),
  }),
);
