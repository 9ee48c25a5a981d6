/** How much is measured. */

export interface Effort {
  readonly quick: boolean;
  /** Turns of each side. */
  readonly rounds: number;
  /** Of each turn. */
  readonly turnSeconds: number;
  /** Hears what is being measured. */
  readonly progress: (words: string) => void;
}

/** For figures that are published. */
export const full = { quick: false, rounds: 5, turnSeconds: 1 } as const;

/** To see that everything runs. */
export const quick = { quick: true, rounds: 1, turnSeconds: 0.3 } as const;
