/**
 * One thing wrong with what an operator wrote.
 *
 * `line` and `column` count from 1 and point at the offending value (or at the key, where the value is missing);
 * `path` is a JSON Pointer into the document. An absent position means that the problem is about the whole layer.
 */
export interface Problem {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly path?: string;
}

/** Parsing always returns; `value` is absent exactly when some problem is an error. */
export interface Parsed<T> {
  readonly value?: T;
  readonly problems: readonly Problem[];
}
