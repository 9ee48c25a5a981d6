/** Works of several turns of the event loop, done one after the other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins `work` when all before it are done, however they ended; settles as it does. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
