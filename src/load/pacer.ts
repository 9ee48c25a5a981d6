/**
 * Calls back at a time exact to some microseconds, while the event loop goes on reading sockets.
 *
 * libuv's timers have milliseconds. A thread that sleeps in `Atomics.wait` has the kernel's fine timers, and wakes this
 * one some 90 µs late (50 µs of that is the slack that Linux gives every sleeper). So it is set to a time a little ahead,
 * and the rest is spent in turns of the event loop that only look for input. Turning all the time would be exact too, but
 * takes a whole core, which on a small machine is the target's.
 */
import { once } from "node:events";
import { extname } from "node:path";
import { setImmediate } from "node:timers";
import { Worker } from "node:worker_threads";

export type PacerMemory = SharedArrayBuffer;

/** Where in the shared memory what stands: two cells to wait at, and the time as a double. */
export const pacerCells = { order: 0, wake: 1, wakeAtByte: 8, bytes: 16 } as const;

const leadMs = 0.12;
const threadUrl = new URL(`./pacer-thread${extname(import.meta.url)}`, import.meta.url);

/** The clock that all threads have in common, in milliseconds. */
export function hrtimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Pacer {
  readonly #memory: PacerMemory = new SharedArrayBuffer(pacerCells.bytes);
  readonly #cells = new Int32Array(this.#memory);
  readonly #wakeAt = new Float64Array(this.#memory, pacerCells.wakeAtByte, 1);
  readonly #thread = new Worker(threadUrl, { workerData: { memory: this.#memory } });
  readonly #started = once(this.#thread, "message");
  readonly #call: () => void;
  #atMs = Number.POSITIVE_INFINITY;
  #armed = false;
  #turnedAtMs = 0;
  /** Milliseconds spent turning, in which the loop had nothing to do. */
  idleTurnsMs = 0;

  /** `call` is called once for each `callAt` whose time has come; the first only after `started`. */
  constructor(call: () => void) {
    this.#call = call;
  }

  /** Resolves when the sleeping thread is there. */
  async started(): Promise<void> {
    await this.#started;
  }

  /** Sets, or moves, the time of the next call, by `performance.now()` of this thread. */
  callAt(atMs: number): void {
    this.#atMs = atMs;
    if (!this.#armed) this.#arm();
  }

  /** To be called where input was handled: what went before was no idle turn. */
  worked(): void {
    this.#turnedAtMs = Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    this.#atMs = Number.POSITIVE_INFINITY;
    await this.#thread.terminate();
  }

  #arm(): void {
    const restMs = this.#atMs - performance.now();
    if (restMs === Number.POSITIVE_INFINITY) return;
    this.#armed = true;
    if (restMs > leadMs) this.#sleep();
    else this.#turn();
  }

  #sleep(): void {
    const woken = Atomics.waitAsync(this.#cells, pacerCells.wake, Atomics.load(this.#cells, pacerCells.wake));
    this.#wakeAt[0] = hrtimeMs() + this.#atMs - performance.now() - leadMs;
    Atomics.add(this.#cells, pacerCells.order, 1);
    Atomics.notify(this.#cells, pacerCells.order);
    if (woken.async) void woken.value.then(this.#woken);
    else this.#woken();
  }

  readonly #woken = (): void => {
    this.#armed = false;
    this.#arm();
  };

  #turn(): void {
    this.#turnedAtMs = performance.now();
    setImmediate(this.#turned);
  }

  readonly #turned = (): void => {
    const nowMs = performance.now();
    if (nowMs > this.#turnedAtMs) this.idleTurnsMs += nowMs - this.#turnedAtMs;
    this.#turnedAtMs = nowMs;
    if (nowMs < this.#atMs) {
      if (this.#atMs !== Number.POSITIVE_INFINITY && this.#atMs - nowMs <= leadMs) setImmediate(this.#turned);
      else this.#woken();
      return;
    }
    this.#armed = false;
    this.#atMs = Number.POSITIVE_INFINITY;
    this.#call();
  };
}
