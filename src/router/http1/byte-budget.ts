/** Bytes that many hold together: in this thread's memory, or counted for all threads (`threads/shared-budget.ts`). */
export interface ByteBudget {
  /** What is held now. */
  readonly bytes: number;
  /** Takes `bytes` unless that makes more than `max`; whether it did. */
  take(bytes: number, max: number): boolean;
  give(bytes: number): void;
}

export class OwnBudget implements ByteBudget {
  bytes = 0;

  take(bytes: number, max: number): boolean {
    if (this.bytes + bytes > max) return false;
    this.bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.bytes -= bytes;
  }
}
