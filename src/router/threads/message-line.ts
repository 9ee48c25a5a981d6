/**
 * Messages between two threads: what is told, in order, and questions with their answers.
 *
 * A question is answered once, or fails when the other thread is gone.
 */

/** What one side says. */
export interface Traffic {
  readonly tells: unknown;
  /** By kind of question: what is asked, and what is answered. */
  readonly asks: Readonly<Record<string, readonly [question: unknown, answer: unknown]>>;
}

/** One end of the connection, as `node:worker_threads` has it. */
export interface MessageEnd {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (message: Envelope) => void): unknown;
}

/** How the other side's traffic is taken in. */
export interface Listener<In extends Traffic> {
  told(tell: In["tells"]): void;
  readonly asked: {
    readonly [K in keyof In["asks"]]: (question: In["asks"][K][0]) => In["asks"][K][1] | Promise<In["asks"][K][1]>;
  };
}

type Envelope =
  | { readonly is: "tell"; readonly tell: unknown }
  | { readonly is: "ask"; readonly id: number; readonly kind: string; readonly question: unknown }
  | { readonly is: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly is: "failure"; readonly id: number; readonly failure: Failure };

/** An error as it passes between threads: what is needed to say what went wrong. */
interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}

/** The other thread ended before it answered. */
export class ThreadGone extends Error {
  override readonly name = "ThreadGone";
}

interface Waiting {
  answered(answer: unknown): void;
  failed(cause: Error): void;
}

export class MessageLine<In extends Traffic, Out extends Traffic> {
  readonly #end: MessageEnd;
  readonly #listener: Listener<In>;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #gone = false;

  constructor(end: MessageEnd, listener: Listener<In>) {
    this.#end = end;
    this.#listener = listener;
    end.on("message", (message) => this.#take(message));
  }

  tell(tell: Out["tells"]): void {
    if (!this.#gone) this.#end.postMessage({ is: "tell", tell } satisfies Envelope);
  }

  /** Asks; rejects with what went wrong there, or with `ThreadGone`. Buffers in `transfer` are no longer this thread's. */
  ask<K extends keyof Out["asks"] & string>(
    kind: K,
    question: Out["asks"][K][0],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Out["asks"][K][1]> {
    const { promise, resolve, reject } = Promise.withResolvers<Out["asks"][K][1]>();
    this.#send(kind, question, { answered: resolve, failed: reject }, transfer);
    return promise;
  }

  /** The same without a promise: one of `answered` and `failed` is called, once. */
  askBriefly<K extends keyof Out["asks"] & string>(
    kind: K,
    question: Out["asks"][K][0],
    answered: (answer: Out["asks"][K][1]) => void,
    failed: (cause: Error) => void,
  ): void {
    this.#send(kind, question, { answered, failed }, []);
  }

  /** The other thread is gone: nothing is sent or heard any more, and what was asked fails. */
  close(): void {
    this.#gone = true;
    for (const { failed } of this.#waiting.values()) failed(new ThreadGone("the thread ended"));
    this.#waiting.clear();
  }

  #send(kind: string, question: unknown, waiting: Waiting, transfer: readonly ArrayBuffer[]): void {
    if (this.#gone) return waiting.failed(new ThreadGone("the thread ended"));
    const id = ++this.#lastId;
    this.#waiting.set(id, waiting);
    this.#end.postMessage({ is: "ask", id, kind, question } satisfies Envelope, transfer);
  }

  #take(message: Envelope): void {
    if (this.#gone) return;
    if (message.is === "tell") return this.#listener.told(message.tell);
    if (message.is === "ask") return this.#answer(message.id, message.kind, message.question);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.is === "answer") waiting?.answered(message.answer);
    else waiting?.failed(errorOf(message.failure));
  }

  #answer(id: number, kind: string, question: unknown): void {
    try {
      const answer: unknown = this.#listener.asked[kind]!(question as never);
      if (!(answer instanceof Promise)) return this.#post({ is: "answer", id, answer });
      answer.then(
        (value: unknown) => this.#post({ is: "answer", id, answer: value }),
        (cause: unknown) => this.#post({ is: "failure", id, failure: failureOf(cause) }),
      );
    } catch (cause) {
      this.#post({ is: "failure", id, failure: failureOf(cause) });
    }
  }

  #post(envelope: Envelope): void {
    if (!this.#gone) this.#end.postMessage(envelope);
  }
}

function failureOf(cause: unknown): Failure {
  if (!(cause instanceof Error)) return { message: String(cause) };
  const { message, code, address, port } = cause as NodeJS.ErrnoException & Failure;
  return {
    message,
    ...(code === undefined ? {} : { code }),
    ...(address === undefined ? {} : { address }),
    ...(port === undefined ? {} : { port }),
  };
}

function errorOf({ message, ...facts }: Failure): Error {
  return Object.assign(new Error(message), facts);
}
