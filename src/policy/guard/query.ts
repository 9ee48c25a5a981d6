/**
 * The guard on the query string: it may name no database but the tenant's.
 *
 * Hot: once per request with a query. A name without escapes is compared in place, so that a query without guarded
 * names costs no allocation.
 */
import { unitAt } from "../../core/unit-at.ts";
import { databaseInState } from "./state-json.ts";
import type { BoundNames, Finding } from "./types.ts";

/** Carries a database on every path: `ensure_db` and its kin read it. */
export const DATABASE_KEY = "db";
/** Carry a JSON object whose `d` is a database: returns of OAuth and SAML providers. */
export const STATE_KEYS: readonly string[] = ["state", "RelayState"];
/** Opens the database manager, which takes its parameters from forms and queries alike; refused with any value. */
export const MASTER_KEY = "master_pwd";
export const SESSION_KEYS: readonly string[] = ["session_id"];
/** The last Odoo major that takes a session id from the query string. */
export const LAST_SESSION_QUERY_MAJOR = 17;
/** Makes old workers take a whole JSON-RPC request from the query, or from a form and the session in two steps. */
export const JSONP_KEYS: readonly string[] = ["jsonp"];
export const LAST_JSONP_MAJOR = 14;

const AMPERSAND = 38;
const SEMICOLON = 59;
const EQUALS = 61;

/**
 * What in `query` (without its `?`) names another database, or null when nothing does.
 *
 * Reads as Werkzeug does: fields end at `&`, names and values are percent-decoded once, `+` is a space, an invalid
 * escape stays. Then once more with `;` as a separator, as Python's own parser had it before 3.9.2. Every occurrence is
 * judged, as versions differ in which one counts. An empty value passes, the bound database and former ones, too.
 */
export function judgeQuery(query: string, bound: BoundNames): Finding | null {
  if (query === "") return null;
  const finding = judgeFields(query, bound, false);
  return finding === null && query.includes(";") ? judgeFields(query, bound, true) : finding;
}

/** Whether some Odoo up to 17 could take a session id from this query. */
export function sessionInQuery(query: string): boolean {
  let start = 0;
  while (start < query.length) {
    const end = fieldEnd(query, start, true);
    if (nameAmong(SESSION_KEYS, query, start, nameEnd(query, start, end)) !== "") return true;
    start = end + 1;
  }
  return false;
}

/** The values of all fields of this name, decoded, one char per byte. */
export function valuesInQuery(query: string, name: string): readonly string[] {
  const values: string[] = [];
  let start = 0;
  while (start < query.length) {
    const end = fieldEnd(query, start, false);
    const equals = nameEnd(query, start, end);
    if (isName(name, query, start, equals)) values.push(decodeField(query.slice(equals + 1, end)));
    start = end + 1;
  }
  return values;
}

function judgeFields(query: string, bound: BoundNames, semicolons: boolean): Finding | null {
  let start = 0;
  while (start < query.length) {
    const end = fieldEnd(query, start, semicolons);
    const equals = nameEnd(query, start, end);
    const finding = judgeField(query, start, equals, end, bound);
    if (finding !== null) return finding;
    start = end + 1;
  }
  return null;
}

function judgeField(query: string, start: number, equals: number, end: number, bound: BoundNames): Finding | null {
  const state = nameAmong(STATE_KEYS, query, start, equals);
  if (state !== "" && !bound.exempt.includes(state)) {
    const database = databaseInState(decodeField(query.slice(equals + 1, end)));
    if (database === undefined) return null;
    if (database === null) return refuse(state, start, "the state's database cannot be read with certainty");
    return isOwn(database, bound) ? null : refuse(state, start, "the state names another database");
  }
  if (bound.odooMajor <= LAST_JSONP_MAJOR && end > equals + 1 && nameAmong(JSONP_KEYS, query, start, equals) !== "") {
    return refuse("jsonp", start, "a call in the query is not judged");
  }
  if (isName(MASTER_KEY, query, start, equals)) return refuse(MASTER_KEY, start, "a query with a master password");
  const key = guardedKey(query, start, equals, bound);
  if (key === "" || isOwn(decodeField(query.slice(equals + 1, end)), bound)) return null;
  return refuse(key, start, "the query names another database");
}

function guardedKey(query: string, start: number, end: number, bound: BoundNames): string {
  const doorKey = nameAmong(bound.doorKeys, query, start, end);
  if (doorKey !== "") return doorKey;
  return isName(DATABASE_KEY, query, start, end) && !bound.exempt.includes(DATABASE_KEY) ? DATABASE_KEY : "";
}

function isOwn(name: string, bound: BoundNames): boolean {
  return name === "" || name === bound.database || bound.formerDatabases.includes(name);
}

function refuse(key: string, offset: number, reason: string): Finding {
  return { reading: "query", key, offset, reason };
}

function fieldEnd(query: string, start: number, semicolons: boolean): number {
  let i = start;
  for (; i < query.length; i++) {
    const code = unitAt(query, i);
    if (code === AMPERSAND || (semicolons && code === SEMICOLON)) break;
  }
  return i;
}

function nameEnd(query: string, start: number, end: number): number {
  let i = start;
  while (i < end && unitAt(query, i) !== EQUALS) i++;
  return i;
}

/** The one of `names` that stands between `start` and `end`, escaped or not; else empty. */
function nameAmong(names: readonly string[], query: string, start: number, end: number): string {
  for (const name of names) if (isName(name, query, start, end)) return name;
  return "";
}

function isName(name: string, query: string, start: number, end: number): boolean {
  const length = end - start;
  if (length === name.length) return query.startsWith(name, start);
  // Every character as an escape at most: a longer name decodes to something longer.
  return length > name.length && length <= name.length * 3 && decodeField(query.slice(start, end)) === name;
}

/** A form-encoded name or value, decoded once; one char per byte. */
function decodeField(field: string): string {
  if (!field.includes("%") && !field.includes("+")) return field;
  return field
    .replaceAll("+", " ")
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
