/**
 * What is at one endpoint now, and how much may be: one place is taken and given back at a time.
 *
 * `OwnPlaces` are those of a process with one thread; `threads/shared-places.ts` has those that threads share.
 */
export interface Places {
  /** Requests that hold a slot, internal clients' included. */
  readonly inFlight: number;
  /** Realtime exchanges, which hold no slot. */
  readonly realtime: number;
  /** Ordinary requests that may be in flight now. */
  slots: number;
  /** Whether a request succeeded since the last check was due. */
  answered: boolean;
  /** Whether a success says something new: the endpoint has faults, or is on trial. */
  watched: boolean;
  /** Takes a place if fewer than the slots and `beyond` are taken; whether it did. */
  take(beyond: number): boolean;
  leave(): void;
  takeRealtime(): void;
  leaveRealtime(): void;
}

/** Hot: once per request and call. */
export class OwnPlaces implements Places {
  inFlight = 0;
  realtime = 0;
  slots = 0;
  answered = false;
  watched = false;

  take(beyond: number): boolean {
    if (this.inFlight >= this.slots + beyond) return false;
    this.inFlight++;
    return true;
  }

  leave(): void {
    this.inFlight--;
  }

  takeRealtime(): void {
    this.realtime++;
  }

  leaveRealtime(): void {
    this.realtime--;
  }
}
