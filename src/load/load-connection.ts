/** One connection to the target, with at most one request on its way. Hot: its methods run for every request. */
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { ResponseReader } from "./response-reader.ts";
import type { ErrorKind } from "./result.ts";
import type { PreparedRequest } from "./traffic.ts";

/** Where to connect. */
export interface Address {
  /** An IP address, so that no request waits for a name. */
  readonly host: string;
  readonly port: number;
}

/** What a connection needs of its generator. */
export interface ConnectionOwner {
  readonly address: Address;
  /** Shared by all connections: what arrives is read at once. */
  readonly buffer: Buffer;
  /** A worker's name that answers must carry; empty: any. */
  readonly expectWorker: string;
  /** Bytes came, whether or not they end something. */
  arrived(): void;
  /** A request came to its end; `error` is null for a right answer. The connection may be asked again if it is not closed. */
  ended(connection: LoadConnection, request: PreparedRequest, error: ErrorKind | null): void;
}

const acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 1.3

export class LoadConnection {
  readonly reader = new ResponseReader();
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  /** Null while nothing is on its way. */
  request: PreparedRequest | null = null;
  dueMs = 0;
  closed = false;
  #connected = false;

  constructor(owner: ConnectionOwner) {
    this.#owner = owner;
    const { host, port } = owner.address;
    const onread = {
      buffer: owner.buffer,
      callback: (bytes: number, buffer: Uint8Array) => this.#onRead(bytes, buffer),
    };
    this.#socket = connect({ host, port, noDelay: true, autoSelectFamily: false, onread });
    this.#socket.on("connect", () => {
      this.#connected = true;
    });
    this.#socket.on("error", () => this.#onEnd("malformed"));
    this.#socket.on("end", () => this.#onEnd(this.reader.end()));
    this.#socket.on("close", () => this.#onEnd("malformed"));
  }

  send(request: PreparedRequest, dueMs: number): void {
    this.request = request;
    this.dueMs = dueMs;
    this.reader.begin(request.method);
    this.#socket.write(request.text, "latin1");
  }

  /** Ends the request, if there is one, as an error of this kind, and the connection. */
  give(error: ErrorKind): void {
    this.close();
    this.#finish(error);
  }

  close(): void {
    this.closed = true;
    this.#socket.destroy();
  }

  #onRead(length: number, buffer: Uint8Array): boolean {
    this.#owner.arrived();
    const bytes = (buffer as Buffer).subarray(0, length);
    if (this.request === null) {
      // Nothing was asked: an upgraded connection may talk, and of another nothing more is expected.
      if (!this.closed && this.reader.status !== 101) this.close();
      return true;
    }
    const state = this.reader.push(bytes);
    if (state === "more") return true;
    if (state === "malformed") this.give("malformed");
    else this.#complete();
    return true;
  }

  #complete(): void {
    const error = this.#judge();
    const { keepsAlive, status } = this.reader;
    if (error === "malformed" || !(keepsAlive || status === 101)) this.close();
    this.#finish(error);
  }

  #judge(): ErrorKind | null {
    const { status, worker, host, webSocketAccept } = this.reader;
    const { expect, upgrade, text } = this.request!;
    if (status === 101 && !(upgrade && webSocketAccept === acceptOf(text))) return "malformed";
    if (expect.length > 0 && !expect.includes(status)) return "status";
    if (host !== "" && host !== this.request!.host) return "misrouted";
    if (this.#owner.expectWorker !== "" && worker !== this.#owner.expectWorker) return "misrouted";
    return null;
  }

  #onEnd(state: "more" | "complete" | "malformed"): void {
    if (this.request !== null && state === "complete") {
      this.close();
      return this.#finish(this.#judge());
    }
    this.give(this.#connected ? "reset" : "connect");
  }

  #finish(error: ErrorKind | null): void {
    const { request } = this;
    if (request === null) return;
    this.request = null;
    this.#owner.ended(this, request, error);
  }
}

function acceptOf(request: string): string {
  const key = /\r\nsec-websocket-key: *(\S+)/i.exec(request)?.[1] ?? "";
  return createHash("sha1")
    .update(key + acceptSuffix)
    .digest("base64");
}
