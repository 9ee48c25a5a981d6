/** What the process's exit code says. */
export const exitCodes = {
  ok: 0,
  /** The catalog has problems, an address is taken, a drain had to cut something. */
  failed: 1,
  usage: 2,
  /** `explain`: the edge would answer itself. */
  answered: 3,
} as const;

/** Why a command cannot go on: one line and a hint for people. Shown without a stack trace. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly hint: string;
  readonly exitCode: number;

  /** `message` says what could not be done; `hint` what to do about it. */
  constructor(message: string, hint: string, options: ErrorOptions & { readonly exitCode?: number } = {}) {
    super(message, options);
    this.hint = hint;
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}

/** The text of anything that was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
