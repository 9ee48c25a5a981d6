/** Why an entry of the recorded traffic is refused. */
export interface TrafficRefusal {
  readonly reason: string;
  readonly status: number;
  readonly entries: readonly number[];
}

/** Every recorded request that does not reach a worker. The test fails for one that is missing and for one too many. */
export const trafficRefusals: readonly TrafficRefusal[] = [
  { reason: "XML-RPC in CDATA: a form that the strict grammar refuses", status: 200, entries: [1144] },
  { reason: "XML-RPC: the db service answers `server_version` only", status: 200, entries: [1159] },
  { reason: "JSON-RPC: the db service answers `server_version` only", status: 200, entries: [1150] },
  { reason: "JSON: a call of the object service without a database, off the doors, too", status: 200, entries: [1214] },
  { reason: "XML-RPC: the recording cut this body, and half a call is none", status: 200, entries: [1179] },
  { reason: "`OPTIONS *` asks about no tenant", status: 404, entries: [1244] },
];
