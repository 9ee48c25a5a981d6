/** Every probe there is, in the order of the report. */

import { doorFamily } from "./probes/doors.ts";
import { framingFamily } from "./probes/framing.ts";
import { hostFamily, otherHostFamily } from "./probes/hosts.ts";
import { identityFamily, locationProbe } from "./probes/identity.ts";
import { limitFamily } from "./probes/limits.ts";
import { protocolFamily } from "./probes/protocol.ts";
import { otherRpcFamily, rpcFamily } from "./probes/rpc.ts";
import { sessionFamily } from "./probes/sessions.ts";
import type { Probe, Target } from "./types.ts";

/** What to ask this target: first those that may run side by side, then those that must come last, one by one. */
export function probesFor({ madeUp, other }: Target): {
  readonly free: readonly Probe[];
  readonly last: readonly Probe[];
} {
  const crossing =
    other === null
      ? []
      : [...otherRpcFamily(other), ...otherHostFamily(other), ...identityFamily("other", () => other)];
  const free = [
    ...doorFamily,
    ...rpcFamily,
    ...hostFamily(other ?? madeUp),
    ...identityFamily("identity", (to) => to.madeUp),
    locationProbe,
    ...crossing,
    ...sessionFamily,
    ...framingFamily,
    ...protocolFamily,
  ];
  return { free, last: limitFamily };
}
