/** One thread that serves, as the thread that schedules sees it. */
import type { Worker } from "node:worker_threads";
import { sliceCatalog } from "../../plan/slices.ts";
import type { Plan, PlannedTenant } from "../../plan/types.ts";
import type { SocketCounts } from "../socket-counts.ts";
import type { LoginDesk } from "./login-desk.ts";
import { type Listener, MessageLine, ThreadGone } from "./message-line.ts";
import type { FromScheduler, FromThread, PlanLinks } from "./messages.ts";
import type { PoolUser } from "./pool-for-threads.ts";

/** Where a tenant of the plan has its place. */
export type PlaceOf = (tenant: PlannedTenant) => number;

export class EdgeThread implements PoolUser {
  readonly part: number;
  /** Its attempts to log in that are under way. */
  readonly logins: LoginDesk;
  readonly #worker: Worker;
  readonly #line: MessageLine<FromThread, FromScheduler>;
  readonly #sockets: SocketCounts;
  /** How many sockets it has open, by tenant and client. */
  readonly #opened = new Map<string, Map<string, number>>();
  #lastWords = "";
  /** Resolves when the thread is gone, with what it said last. */
  readonly ended: Promise<string>;

  constructor(
    part: number,
    worker: Worker,
    counts: { readonly logins: LoginDesk; readonly sockets: SocketCounts },
    listenerOf: (thread: EdgeThread) => Listener<FromThread>,
  ) {
    this.part = part;
    this.logins = counts.logins;
    this.#sockets = counts.sockets;
    this.#worker = worker;
    this.#line = new MessageLine<FromThread, FromScheduler>(worker, listenerOf(this));
    worker.on("error", (cause) => {
      this.#lastWords = cause instanceof Error ? cause.message : String(cause);
    });
    this.ended = new Promise((resolve) => {
      worker.once("exit", (code) => {
        this.#line.close();
        resolve(this.#lastWords === "" ? `it ended with code ${code}` : this.#lastWords);
      });
    });
  }

  tell(tell: FromScheduler["tells"]): void {
    this.#line.tell(tell);
  }

  ask<K extends keyof FromScheduler["asks"]>(
    kind: K,
    question: FromScheduler["asks"][K][0],
  ): Promise<FromScheduler["asks"][K][1]> {
    return this.#line.ask(kind, question);
  }

  /** Hands a plan over, one slice for each answer: neither thread stalls. */
  async handOver(plan: Plan, placeOf: PlaceOf): Promise<void> {
    for (const slice of sliceCatalog({ plan, problems: [] })) {
      const places = slice.kind === "tenants" ? slice.tenants.map(placeOf) : [];
      await this.#line.ask("piece", { slice, places });
    }
  }

  /**
   * Puts the plan that was handed over into service. One that is gone has nothing to commit, and one that cannot is ended:
   * the others serve the plan, and the next in its place will, too.
   */
  async commit(links: PlanLinks): Promise<void> {
    try {
      await this.#line.ask("commit", links);
    } catch (cause) {
      if (cause instanceof ThreadGone) return;
      await this.terminate(`it could not take over a plan: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  // ---- what it holds that is not in shared memory

  openSocket({ tenant, client, caps }: FromThread["asks"]["socket"][0]): boolean {
    const granted = this.#sockets.open(tenant, client, caps);
    if (!granted) return false;
    const clients = this.#opened.get(tenant) ?? new Map<string, number>();
    this.#opened.set(tenant, clients);
    clients.set(client, (clients.get(client) ?? 0) + 1);
    return true;
  }

  closeSocket(tenant: string, client: string): void {
    const clients = this.#opened.get(tenant);
    const left = (clients?.get(client) ?? 0) - 1;
    if (clients === undefined || left < 0) return;
    if (left > 0) clients.set(client, left);
    else clients.delete(client);
    if (clients.size === 0) this.#opened.delete(tenant);
    this.#sockets.close(tenant, client);
  }

  /** Gives back what the thread held: it is gone. */
  giveBack(): void {
    this.logins.close();
    for (const [tenant, clients] of this.#opened) {
      for (const [client, open] of clients) for (let i = 0; i < open; i++) this.#sockets.close(tenant, client);
    }
    this.#opened.clear();
  }

  /** Ends it at whatever it does; `why` is told as its last words. */
  async terminate(why = ""): Promise<void> {
    if (why !== "") this.#lastWords = why;
    await this.#worker.terminate();
  }
}
