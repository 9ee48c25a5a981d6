import type { Plan } from "../types.ts";

/**
 * `same`: the same requests reach a worker, with the same bytes; a refusal may be in Envoy's words, and with its status.
 * `stricter`: the Node edge refuses more, which is harmless. `wider`: the Node edge admits more. `lost`: Envoy cannot.
 */
export type ParityClass = "same" | "stricter" | "wider" | "lost";

/** Who judges bodies in production. */
export type GuardMode = Plan["edge"]["productionGuard"];

export interface ParityRow {
  readonly id: string;
  /** Step of a request's life, or the part of the contract. */
  readonly section: string;
  readonly behaviour: string;
  /** The guards in production for which the row holds. */
  readonly modes: "all" | readonly GuardMode[];
  readonly class: ParityClass;
  /** What carries it in production; for a lost row what covers it, or what to do. */
  readonly what: string;
  /** What of a plan the row is about, empty when nothing; null: every tenant of every plan. */
  readonly concerns: ((plan: Plan) => string) | null;
  /** Files of `src/policy` that decide it; empty where the data path itself does. */
  readonly policies: readonly string[];
}

type Rest = Partial<Pick<ParityRow, "modes" | "concerns" | "policies">>;

/** A row; by default for every guard, every plan, and decided by no policy. */
export function row<Id extends string>(
  section: string,
  id: Id,
  kind: ParityClass,
  behaviour: string,
  what: string,
  { modes = "all", concerns = null, policies = [] }: Rest = {},
): ParityRow & { readonly id: Id } {
  return { id, section, behaviour, modes, class: kind, what, concerns, policies };
}

/** Guards that stand behind Envoy and judge everything that a request carries. */
export const judging = ["Sidecar", "ExtAuth"] as const;

/** Nobody judges bodies. */
export const unjudged = ["Deny", "None"] as const;

/** Nobody stands between Envoy and the workers. */
export const direct = ["Deny", "ExtAuth", "None"] as const;

/** The names of the things that a row is about, as in `tiers basic, pro`; empty without any. */
export function named(word: string, things: readonly { readonly name: string }[]): string {
  if (things.length === 0) return "";
  const shown = things.slice(0, 5).map(({ name }) => name);
  const more = things.length > shown.length ? ` and ${things.length - shown.length} more` : "";
  return `${word}${things.length === 1 ? "" : "s"} ${shown.join(", ")}${more}`;
}
