import { isUnder } from "../doors.ts";
import { withoutFirstSegment } from "../path.ts";
import type { ShortText } from "./short-text.ts";
import { databaseInState, opensObject } from "./state-json.ts";
import type { Finding, GuardFacts } from "./types.ts";

/**
 * What a guarded field may hold: nothing at all, being refused by its name (`refused`); nothing or the bound database
 * (`bound`); anything but a JSON object whose `d` is another database (`state`).
 */
export type FieldRule = "refused" | "bound" | "state";

/** A name of a form field that is judged on this request's path. */
export interface GuardedField {
  readonly name: string;
  readonly rule: FieldRule;
}

/** Longest guarded name that a door may list, in bytes. */
export const FIELD_NAME_BYTES_MAX = 32;

/** Longest value that is judged; the state of an OAuth or SAML provider has some hundred bytes. */
export const FIELD_VALUE_BYTES_MAX = 4096;

/** Under these, field names are a customer's words. */
const customersPaths = ["/website/form", "/web/hook"] as const;

const master: GuardedField = { name: "master_pwd", rule: "refused" };
const everywhere: readonly GuardedField[] = [
  master,
  { name: "db", rule: "bound" },
  { name: "state", rule: "state" },
  { name: "RelayState", rule: "state" },
];
const onCustomersPaths: readonly GuardedField[] = [master];

/** The fields that are judged in a form on this request's path (DESIGN 3.3). */
export function guardedFields(facts: GuardFacts): readonly GuardedField[] {
  const { doorKeys, exempt } = facts.bound;
  const common = facts.door === null && isCustomers(facts.judgedPath) ? onCustomersPaths : everywhere;
  if (doorKeys.length === 0 && exempt.length === 0) return common;
  const kept = common.filter((field) => field.rule === "refused" || !exempt.includes(field.name));
  return [...kept, ...doorKeys.map((name): GuardedField => ({ name, rule: "bound" }))];
}

function isCustomers(path: string): boolean {
  const rest = withoutFirstSegment(path);
  return customersPaths.some((parent) => isUnder(path, parent) || isUnder(rest, parent));
}

/** The guarded field of this name, or null. Hot: once per field. */
export function fieldNamed(fields: readonly GuardedField[], name: ShortText): GuardedField | null {
  for (let i = 0; i < fields.length; i++) if (name.is(fields[i]!.name)) return fields[i]!;
  return null;
}

/** The verdict on a guarded field with this value, its name at `offset`. */
export function fieldFinding(field: GuardedField, value: ShortText, offset: number, facts: GuardFacts): Finding | null {
  const { database } = facts.bound;
  if (field.rule === "refused") return formFinding(field.name, offset, "a form with a master password");
  if (value.length === 0 || value.is(database)) return null;
  if (field.rule === "bound") return formFinding(field.name, offset, "the form names another database");
  const state = value.text();
  const named = databaseInState(state);
  const readable = named !== null && (value.whole || !opensObject(state));
  if (!readable) return formFinding(field.name, offset, "the state cannot be read with certainty");
  if (named === undefined || named === "" || named === database) return null;
  return formFinding(field.name, offset, "the state names another database");
}

/** A finding in a form; `key` is a guarded name or `form`. */
export function formFinding(key: string, offset: number, reason: string): Finding {
  return { reading: "form", key, offset, reason };
}
