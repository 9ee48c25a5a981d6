/** Why an entry of the recorded traffic is refused. */
export interface TrafficRefusal {
  readonly reason: string;
  readonly status: number;
  readonly entries: readonly number[];
}

/** An inclusive range. */
function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Every recorded request that does not reach a worker. The test fails for one that is missing and for one too many. */
export const trafficRefusals: readonly TrafficRefusal[] = [
  {
    reason: "XML-RPC: the first parameter names a database, and bodies are not judged yet",
    status: 403,
    entries: [...range(1141, 1148), ...range(1158, 1164), ...range(1172, 1191)],
  },
  {
    reason: "JSON-RPC: the arguments name a database, and bodies are not judged yet",
    status: 403,
    entries: [...range(1150, 1157), 1165, ...range(1192, 1199)],
  },
  {
    reason: "log-in by JSON names a database, and bodies are not judged yet",
    status: 403,
    entries: [1166, 1201, 1207, 1211, 1266],
  },
  { reason: "`OPTIONS *` asks about no tenant", status: 404, entries: [1244] },
];
