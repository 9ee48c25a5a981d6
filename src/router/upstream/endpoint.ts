import type { UpstreamSettings } from "../../plan/types.ts";
import { jittered } from "./jitter.ts";
import type { NetworkFault } from "./network-fault.ts";
import { OwnPlaces, type Places } from "./places.ts";

/** What an active check can say: any answer, none in time, or a fault of the network. */
export type CheckOutcome = "fine" | "busy" | NetworkFault;

/**
 * healthy: takes requests; ejected: takes none until its time is over or a check finds it fine; trial: its time is
 * over, and one request finds out.
 */
export type EndpointState = "healthy" | "ejected" | "trial";

/** One thing to connect to: a Service's address, or a pod's. The pool alone changes what is not readonly. */
export class Endpoint {
  /** As the catalog has it: an IP address, a hostname, or the Service's DNS name. */
  readonly address: string;
  /** What to connect to: always an IP address. */
  readonly ip: string;
  readonly httpPort: number;
  readonly realtimePort: number;
  /** `ip:httpPort` for logs and metrics: tells the pods behind one name apart. */
  readonly label: string;
  /** What is in flight there, and what may be. */
  readonly places: Places;
  state: EndpointState = "healthy";
  /** No longer in the catalog or in DNS: takes no new request, and is forgotten with its last one. */
  draining = false;
  /** Network faults since the last success. */
  faults = 0;
  /** Ejections since it last stayed well for `ejectMaxMs`. */
  ejections = 0;
  ejectedUntilMs = 0;
  restoredAtMs = 0;
  /** When the next active check is due. */
  checkAtMs = 0;
  checking = false;
  lastCheck: CheckOutcome | null = null;

  constructor(address: string, ip: string, httpPort: number, realtimePort: number, places: Places = new OwnPlaces()) {
    this.address = address;
    this.ip = ip;
    this.httpPort = httpPort;
    this.realtimePort = realtimePort;
    this.places = places;
    this.label = `${ip.includes(":") ? `[${ip}]` : ip}:${httpPort}`;
  }

  /** Whether nothing of ours is at this endpoint any more. */
  get idle(): boolean {
    return this.places.inFlight === 0 && this.places.realtime === 0;
  }

  /**
   * Counts a fault; true when it is the one that ejects: `ejectAfter` in a row, or the first on trial.
   *
   * All faults count alike. A refused connect is certain, but costs its request nothing, since another endpoint takes
   * it; a reset may be one tenant's request that killed one process of many.
   */
  noteFault(settings: UpstreamSettings): boolean {
    if (this.state === "ejected" || this.draining) return false;
    this.faults++;
    this.places.watched = true;
    return this.state === "trial" || this.faults >= settings.ejectAfter;
  }

  /** Ejects for `ejectBaseMs`, doubled for each ejection before, up to `ejectMaxMs`; returns for how long. */
  eject(settings: UpstreamSettings, nowMs: number, random: number): number {
    if (this.state === "healthy" && nowMs - this.restoredAtMs > settings.ejectMaxMs) this.ejections = 0;
    const forMs = jittered(Math.min(settings.ejectBaseMs * 2 ** this.ejections, settings.ejectMaxMs), random);
    this.ejections++;
    this.state = "ejected";
    this.ejectedUntilMs = nowMs + forMs;
    this.checkAtMs = nowMs; // at the next sweep: when one process of many died, the rest answers it
    return forMs;
  }

  restore(nowMs: number): void {
    this.state = "healthy";
    this.forgive();
    this.restoredAtMs = nowMs;
  }

  /** One request more than it still has: the one that finds out. */
  tryOut(): void {
    this.state = "trial";
    this.places.slots = this.places.inFlight + 1;
    this.places.watched = true;
  }

  /** Its faults are no longer in a row. */
  forgive(): void {
    this.faults = 0;
    this.places.watched = false;
  }
}
