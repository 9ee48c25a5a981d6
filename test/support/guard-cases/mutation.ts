/** Recorded bodies of real clients, and generated ones, after a few changes of bytes. */
import fc from "fast-check";
import { readTraffic } from "../traffic.ts";
import { otherDatabase, ownDatabase } from "../xml-grammar.ts";
import type { GuardCase } from "./case.ts";
import { hostileForm } from "./form.ts";
import { hostileJson } from "./json.ts";
import { hostileMultipart } from "./multipart.ts";

const BODY_BYTES_MAX = 4096;
const recordedDatabase = "acme.planapulse.app";

const recorded: readonly GuardCase[] = readTraffic()
  .filter(({ body }) => body.length > 0 && body.length <= BODY_BYTES_MAX)
  .map(({ method, target, fields, body }) => ({
    method,
    path: new URL(target, "http://x").pathname,
    query: "",
    type: fields.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "",
    body: body.replaceAll(recordedDatabase, ownDatabase),
    major: 17,
  }));

const sources = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...recorded) },
  { weight: 3, arbitrary: fc.oneof(hostileJson, hostileForm, hostileMultipart) },
);
const pieces = fc.constantFrom(
  ...[
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "&",
    "=",
    ";",
    "%",
    "\r\n",
    "\n",
    "\r",
    "--",
    "\0",
    "\xff",
    "\xfe",
    "\xef\xbb\xbf",
  ],
  ...[
    '"params":',
    '"db":',
    '"service":"db"',
    `"${otherDatabase}"`,
    `&db=${otherDatabase}`,
    "master_pwd=x&",
    '\r\n\r\nname="db"',
    "\\u0064",
  ],
  ...["<", ">", "</params>", "<methodName>list</methodName>", "&#", " ", "\t"],
);
const place = fc.double({ min: 0, max: 1, noNaN: true });

type Change = (body: string) => string;
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, pieces).map(([at, piece]) => spliced(at, 0, piece)),
  fc.tuple(place, fc.nat(255)).map(([at, byte]) => spliced(at, 1, String.fromCharCode(byte))),
  fc.tuple(place, fc.nat(8)).map(([at, bytes]) => spliced(at, bytes, "")),
  fc.tuple(place, fc.nat(7)).map(
    ([at, bit]): Change =>
      (body) => {
        const i = Math.floor(at * (body.length - 1));
        return body === "" ? body : spliced(at, 1, String.fromCharCode(body.charCodeAt(i) ^ (1 << bit)))(body);
      },
  ),
  fc.tuple(place, place).map(
    ([a, b]): Change =>
      (body) => {
        const [from, to] = [a, b].map((at) => Math.floor(at * body.length)).toSorted((x, y) => x - y);
        return body.slice(0, to) + body.slice(from);
      },
  ),
  fc.constant<Change>((body) => body.replace(ownDatabase, otherDatabase)),
  fc.tuple(place, sources).map(
    ([at, { body }]): Change =>
      (into) =>
        into.slice(0, at * into.length) + body.slice(at * body.length),
  ),
);

function spliced(at: number, removed: number, piece: string): Change {
  return (body) => {
    const i = Math.floor(at * Math.max(0, body.length - 1));
    return body.slice(0, i) + piece + body.slice(i + removed);
  };
}

const moved = fc.constantFrom("/jsonrpc", "/web/session/authenticate", "/pages/harmless", "/web/login", "/xmlrpc/2/db");

/** Mutations: a body that was sent or made, changed, and at times sent elsewhere or under another type. */
export const mutatedCase: fc.Arbitrary<GuardCase> = fc
  .tuple(sources, fc.array(changes, { maxLength: 3 }), fc.option(moved, { freq: 3 }), fc.option(sources, { freq: 8 }))
  .map(([source, made, path, other]) => ({
    ...source,
    path: path ?? source.path,
    type: other?.type ?? source.type,
    body: made.reduce((body, change) => change(body), source.body),
  }));
