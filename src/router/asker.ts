/** Who asked something that is decided elsewhere, and waits for the answer. */
export interface Asker {
  /** In place of the answer: whoever decides had a fault. */
  questionFailed(cause: Error): void;
}
