/**
 * A signal this soon after the first is the same Ctrl-C: the terminal sends it to every process, and npm passes its
 * own on to us.
 */
const SAME_PRESS_MS = 100;

/** The signals that ask the process to stop. From the constructor on they no longer end it by themselves. */
export class StopSignals {
  /** Resolves with the first SIGTERM or SIGINT. */
  readonly first: Promise<NodeJS.Signals>;
  /** Resolves when another one follows. */
  readonly second: Promise<NodeJS.Signals>;

  constructor() {
    const first = Promise.withResolvers<NodeJS.Signals>();
    const second = Promise.withResolvers<NodeJS.Signals>();
    let firstMs = Number.POSITIVE_INFINITY;
    const received = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      first.resolve(signal); // a second call has no effect
      if (now - firstMs >= SAME_PRESS_MS) second.resolve(signal);
      firstMs = Math.min(firstMs, now);
    };
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, received);
    this.first = first.promise;
    this.second = second.promise;
  }
}
