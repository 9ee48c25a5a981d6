/** Why a tree could not be read or written: one line, and a hint, for people. Nothing was changed. */
export class TreeError extends Error {
  override readonly name = "TreeError";
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}
