/** Whose doing an answer is: the client's request, the operator's catalog, the worker behind, or a fault of ours. */
export type AnswerSource = "client" | "catalog" | "upstream" | "self";

/** One answer: what is sent, and what it means. */
export interface AnswerRow {
  /** HTTP status sent; 0 where nothing can be sent any more and the code is only logged. */
  readonly status: number;
  /** Text of a plain answer, without a full stop. */
  readonly body: string;
  /** Whether the same request may succeed later without a change. */
  readonly retry: boolean;
  readonly source: AnswerSource;
  /** Envoy's response flag for the same event, `-` where Envoy has none. */
  readonly flag: string;
  readonly doc: string;
}
