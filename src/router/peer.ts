import { clientAddress } from "../policy/client.ts";
import type { ClientFacts } from "./exchange.ts";
import type { LinkedPlan } from "./link.ts";

/** The other end of a client's TCP connection: who it is, and whether the plan in service believes what it forwards. */
export class Peer implements ClientFacts {
  readonly peerAddress: string;
  peerTrusted = false;
  #judgedBy: LinkedPlan | null = null;

  constructor(remoteAddress: string) {
    this.peerAddress = clientAddress(remoteAddress, null, null);
  }

  /** Judges by `plan`, if that is a new one: a connection of a proxy's may outlive many. */
  judgeBy(plan: LinkedPlan): void {
    if (this.#judgedBy === plan) return;
    this.#judgedBy = plan;
    this.peerTrusted = plan.trustedProxies?.has(this.peerAddress) ?? false;
  }
}
