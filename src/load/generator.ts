/**
 * Sends requests when they are due, whatever became of those before, over connections that are kept where the target
 * keeps them; latency runs from when a request was due, so that waiting for a slow target counts (no coordinated omission).
 *
 * Hot: `#pump` and `ended` run for every request. Nothing is allocated per request but what Node's sockets do.
 */
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { arrivalTimes } from "./arrivals.ts";
import { recordMs } from "./histograms.ts";
import type { LegShare } from "./leg.ts";
import { type ConnectionOwner, LoadConnection } from "./load-connection.ts";
import { hrtimeMs, Pacer } from "./pacer.ts";
import { seededRandom } from "./random.ts";
import type { ErrorKind } from "./result.ts";
import { count, emptyTally, type IntervalTally, intervalSeconds, type Tally } from "./tally.ts";
import { type PreparedRequest, requestSource } from "./traffic.ts";

const readBytes = 64 * 1024;
const sweepMs = 20;

export class Generator implements ConnectionOwner {
  readonly address;
  readonly expectWorker: string;
  readonly buffer = Buffer.allocUnsafeSlow(readBytes);
  readonly tally: Tally;
  readonly #leg: LegShare;
  readonly #pacer = new Pacer(() => this.#pump());
  readonly #nextRequest: () => PreparedRequest;
  /** Null in a closed loop, where a request is due as soon as a connection is free. */
  readonly #nextDueMs: (() => number) | null;
  readonly #idle: LoadConnection[] = [];
  readonly #all = new Set<LoadConnection>();
  readonly #intervalMs: number;
  #inFlight = 0;
  /** Opened WebSockets. */
  readonly #sockets = new Set<LoadConnection>();
  #startMs = 0;
  #measureMs = 0;
  #endMs = 0;
  /** When the request that comes next is due. */
  #dueMs = 0;
  #blocked = false;
  /** When there was a free connection again, after all had been taken. */
  #unblockedMs = 0;
  #sending = true;
  #done: (() => void) | undefined;

  constructor(leg: LegShare) {
    this.#leg = leg;
    this.address = leg.address;
    this.expectWorker = leg.expectWorker;
    this.tally = emptyTally(leg.seconds, leg.timeoutMs);
    this.#intervalMs = intervalSeconds(leg.seconds) * 1000;
    const random = seededRandom(leg.seed);
    // Times are drawn from numbers of their own, so that the same seed gives the same times for any traffic.
    this.#nextRequest = requestSource(leg.traffic, leg.originPort, seededRandom(leg.seed ^ 0x5bd1e995));
    this.#nextDueMs = leg.arrivals === null ? null : arrivalTimes(leg.arrivals, random);
  }

  /** Resolves when it can run. */
  async ready(): Promise<void> {
    await this.#pacer.started();
  }

  /**
   * Runs from `startMs` of the clock that threads share to the end of the last request; `measuring` and `measured` are called
   * when the measured part begins and ends.
   */
  async run(startMs: number, measuring: () => void, measured: () => void): Promise<void> {
    const { warmupSeconds, seconds } = this.#leg;
    this.#startMs = performance.now() + startMs - hrtimeMs();
    this.#measureMs = this.#startMs + warmupSeconds * 1000;
    this.#endMs = this.#measureMs + seconds * 1000;
    this.#advance(this.#startMs);
    const boundaries = [
      setTimeout(this.#measureMs - performance.now()).then(measuring),
      setTimeout(this.#endMs - performance.now()).then(measured),
    ];
    const sweeper = setInterval(() => this.#sweep(), sweepMs);
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      this.#pacer.callAt(this.#dueMs);
    });
    await Promise.all(boundaries);
    clearInterval(sweeper);
    for (const connection of this.#all) connection.close();
    await this.#pacer.close();
  }

  /** Milliseconds in which the loop had nothing to do, but turned to be in time. */
  get idleTurnsMs(): number {
    return this.#pacer.idleTurnsMs;
  }

  /** Sends whatever is due and can be sent. */
  #pump(): void {
    this.#pacer.worked();
    let nowMs = performance.now();
    while (this.#sending && this.#dueMs <= nowMs) {
      if (this.#dueMs >= this.#endMs) return this.#stopSending();
      if (this.#isTooLate(nowMs)) {
        this.#giveUpDue(nowMs);
        continue;
      }
      const connection = this.#free();
      if (connection === null) {
        this.#blocked = true;
        return;
      }
      if (this.#nextDueMs === null) this.#dueMs = nowMs;
      this.#noteLag(nowMs);
      this.#inFlight++;
      connection.send(this.#nextRequest(), this.#dueMs);
      this.#advance(nowMs);
      nowMs = performance.now();
    }
    if (this.#sending) this.#pacer.callAt(this.#dueMs);
  }

  #advance(nowMs: number): void {
    this.#dueMs = this.#nextDueMs === null ? nowMs : this.#startMs + this.#nextDueMs();
  }

  /** A connection that can be asked; null while as many requests as may be are on their way. */
  #free(): LoadConnection | null {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) if (!idle.closed) return idle;
    if (this.#inFlight >= this.#leg.connections) return null;
    const opened = new LoadConnection(this);
    this.#all.add(opened);
    if (this.#isMeasured(this.#dueMs)) this.tally.connects++;
    return opened;
  }

  #noteLag(nowMs: number): void {
    if (!this.#isMeasured(this.#dueMs)) return;
    if (this.#unblockedMs > this.#dueMs) this.tally.waited++;
    recordMs(this.tally.lag, nowMs - Math.max(this.#dueMs, this.#unblockedMs));
  }

  #isMeasured(atMs: number): boolean {
    return atMs >= this.#measureMs && atMs < this.#endMs;
  }

  arrived(): void {
    this.#pacer.worked();
  }

  ended(connection: LoadConnection, request: PreparedRequest, found: ErrorKind | null): void {
    this.#pacer.worked();
    const nowMs = performance.now();
    const { dueMs, reader } = connection;
    // The sweep comes now and then: an answer that was ahead of it is late all the same.
    const error = nowMs - dueMs > this.#leg.timeoutMs ? "timeout" : found;
    this.#inFlight--;
    if (this.#isMeasured(nowMs)) {
      this.tally.endedInTime++;
      if (error === null) this.tally.answeredInTime++;
    }
    if (this.#isMeasured(dueMs)) {
      count(this.tally, nowMs - dueMs, this.#intervalOf(dueMs), error, answered(error) ? reader.status : 0);
    }
    if (connection.closed) this.#forget(connection);
    else if (request.upgrade && reader.status === 101) this.#hold(connection);
    else this.#idle.push(connection);
    if (this.#sending) this.#resume(nowMs);
    else if (this.#inFlight === 0) this.#done?.();
  }

  #intervalOf(dueMs: number): IntervalTally {
    const { intervals } = this.tally;
    const index = Math.floor((dueMs - this.#measureMs) / this.#intervalMs);
    return intervals[Math.min(index, intervals.length - 1)]!;
  }

  /** An opened WebSocket stays open to the end of the leg, while there are not too many. */
  #hold(connection: LoadConnection): void {
    if (this.#sockets.size < this.#leg.socketsMax) this.#sockets.add(connection);
    else connection.close();
  }

  #resume(nowMs: number): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#unblockedMs = nowMs;
    this.#pump();
  }

  /** Gives up what has taken too long, whether it was sent or could not be. */
  #sweep(): void {
    const nowMs = performance.now();
    for (const connection of this.#all) {
      if (connection.request !== null && nowMs - connection.dueMs > this.#leg.timeoutMs) connection.give("timeout");
      else if (connection.closed) this.#forget(connection);
    }
    while (this.#isTooLate(nowMs)) this.#giveUpDue(nowMs);
    const over = this.#dueMs >= this.#endMs || this.#nextDueMs === null;
    if (this.#sending && nowMs >= this.#endMs && over) this.#stopSending();
  }

  #isTooLate(nowMs: number): boolean {
    return this.#nextDueMs !== null && this.#dueMs < this.#endMs && nowMs - this.#dueMs > this.#leg.timeoutMs;
  }

  #giveUpDue(nowMs: number): void {
    if (this.#isMeasured(this.#dueMs)) {
      this.tally.unsent++;
      const freeForMs = nowMs - Math.max(this.#dueMs, this.#unblockedMs);
      if (this.#inFlight < this.#leg.connections && freeForMs > this.#leg.timeoutMs / 2) this.tally.missed++;
    }
    this.#nextRequest(); // so that those after it are the same ones, whatever the target was given up for
    this.#advance(0);
  }

  #forget(connection: LoadConnection): void {
    this.#all.delete(connection);
    this.#sockets.delete(connection);
  }

  #stopSending(): void {
    this.#sending = false;
    if (this.#inFlight === 0) this.#done?.();
  }
}

/** Whether there was an answer with a status at all. */
function answered(error: ErrorKind | null): boolean {
  return error === null || error === "status" || error === "misrouted";
}
