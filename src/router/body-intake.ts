import type { Socket } from "node:net";
import type { AnswerCode } from "../core/answers.ts";
import { BodyGuard } from "../policy/guard/body-guard.ts";
import type { Exchange } from "./exchange.ts";
import { guardFacts } from "./guard-facts.ts";
import type { HeadBuffer } from "./http1/head-buffer.ts";
import { BodyReceiver } from "./http1/receive-body.ts";
import { guarded, resume, settle } from "./pipeline.ts";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** Takes one request's body off its connection, past the binding guard, pausing the client while the disk is behind. */
export class BodyIntake {
  readonly #x: Exchange;
  readonly #socket: Socket;
  readonly #input: HeadBuffer;
  readonly #receiver: BodyReceiver;
  /** Called when the last byte is here. */
  readonly #onWhole: () => void;

  constructor(x: Exchange, socket: Socket, input: HeadBuffer, bytesMax: number, onWhole: () => void) {
    this.#x = x;
    this.#socket = socket;
    this.#input = input;
    x.bodyGuard = new BodyGuard(guardFacts(x));
    this.#receiver = new BodyReceiver(x.head, x.services.bodies, x.plan.http, bytesMax, x.bodyGuard);
    this.#onWhole = onWhole;
    x.body = this.#receiver.body;
  }

  /** Takes what came with the head: whether that was all, or more is waited for, or why the body is refused. */
  begin(): "next" | "wait" | AnswerCode {
    if (this.#socket.isPaused()) this.#socket.resume(); // a step before waited while the body came
    const verdict = this.#takeEarly();
    if (verdict === "wait" && !this.#x.bodyRead) this.#askForMore();
    return verdict;
  }

  #askForMore(): void {
    const { head, body } = this.#x;
    if (head.expectsContinue && body!.length === 0) this.#socket.write(CONTINUE, "latin1");
  }

  #takeEarly(): "next" | "wait" | AnswerCode {
    const early = this.#input.length > 0 ? this.#receiver.take(this.#input.takeAll()) : "more";
    if (early === "done") return this.#whole();
    if (early === "pause") this.#pauseForDisk();
    return early === "more" || early === "pause" ? "wait" : early;
  }

  /** Takes bytes that came later, and lets the exchange go on when they are the last. */
  feed(bytes: Buffer): void {
    guarded(this.#x, () => this.#feed(bytes));
  }

  #feed(bytes: Buffer): void {
    const state = this.#receiver.take(bytes);
    this.#x.bytesIn = this.#receiver.body.length;
    if (state === "more") return;
    if (state === "pause") return this.#pauseForDisk();
    if (state !== "done") return settle(this.#x, state);
    const verdict = this.#whole();
    if (verdict === "next") resume(this.#x);
    else if (verdict !== "wait") settle(this.#x, verdict);
  }

  #pauseForDisk(): void {
    this.#socket.pause();
    this.#receiver.body.onRoom = (fault) => {
      if (this.#x.finished) return;
      if (fault !== null) guarded(this.#x, () => settle(this.#x, "body_storage"));
      else this.#socket.resume();
    };
  }

  /** The last byte is here: waits for the disk where it must. */
  #whole(): "next" | "wait" | AnswerCode {
    const x = this.#x;
    this.#input.giveBack(this.#receiver.rest);
    x.bodyRead = true;
    x.bytesIn = this.#receiver.body.length;
    this.#onWhole();
    let verdict: "next" | "wait" | AnswerCode = "wait";
    let returned = false;
    this.#receiver.body.complete((fault) => {
      verdict = fault === null ? "next" : "body_storage";
      if (!returned || x.finished) return;
      guarded(x, () => (fault === null ? resume(x) : settle(x, "body_storage")));
    });
    returned = true;
    return verdict;
  }
}
