/** Why no load can be made at all: settings that make no sense, or a target that is not there. One line and a hint. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  readonly hint: string;
  /** `usage`: another command line would do; `target`: it is the target that must be looked at. */
  readonly fault: "usage" | "target";

  constructor(fault: "usage" | "target", message: string, hint: string, options: ErrorOptions = {}) {
    super(message, options);
    this.fault = fault;
    this.hint = hint;
  }
}
