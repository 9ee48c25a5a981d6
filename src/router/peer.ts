import { type AddressSet, withAddress } from "../policy/addresses.ts";
import { clientAddress } from "../policy/client.ts";
import type { ClientFacts } from "./exchange.ts";
import type { LinkedPlan } from "./link.ts";
import type { Mode } from "./modes.ts";

/** The other end of a client's TCP connection: who it is, and whether the plan in service believes what it forwards. */
export class Peer implements ClientFacts {
  readonly peerAddress: string;
  proxies: AddressSet | null = null;
  readonly #mode: Mode;
  #judgedBy: LinkedPlan | null = null;

  constructor(remoteAddress: string, mode: Mode) {
    this.peerAddress = clientAddress(remoteAddress, null, null);
    this.#mode = mode;
  }

  /** Judges by `plan`, if that is a new one: a connection of a proxy's may outlive many. */
  judgeBy(plan: LinkedPlan): void {
    if (this.#judgedBy === plan) return;
    this.#judgedBy = plan;
    this.proxies = proxiesAt(this.peerAddress, plan.trustedProxies, this.#mode);
  }
}

/** The proxies that are believed of a request from `peer`: behind Envoy nobody else connects, so that it is one. */
export function proxiesAt(peer: string, listed: AddressSet | null, mode: Mode): AddressSet | null {
  if (mode !== "edge") return withAddress(listed, peer);
  return listed?.has(peer) ? listed : null;
}
