import type { BenchFlags } from "../commands/bench.ts";

/**
 * The command with every flag that shapes the load, presets too, so that it can be run again, without what may be secret: of
 * fields there is the name, of a body nothing, of a path no query. Flags of the report are left out.
 */
export function commandOf(flags: BenchFlags): string {
  const { target, pid = new Map() } = flags;
  return [
    "hostward bench",
    ...target.map(({ name, url }) => `--target ${name}=${url}`),
    ...[...pid].map(([name, number]) => `--pid ${name}=${number}`),
    ...(flags.allowRemote === true ? ["--allow-remote"] : []),
    ...trafficFlags(flags),
    ...loadFlags(flags),
  ].join(" ");
}

function trafficFlags(flags: BenchFlags): string[] {
  const { catalog = [], header = [], expect, host, externalPort } = flags;
  return [
    ...catalog.map((layer) => `-c ${layer}`),
    ...(catalog.length > 0 ? [`--zipf ${flags.zipf}`] : []),
    ...(host === undefined ? [] : [`--host ${host}`]),
    ...(flags.traffic === "odoo-mix" ? ["--traffic odoo-mix"] : [`--path ${withoutQuery(flags.path)}`]),
    ...(flags.request === undefined ? [] : [`-X ${flags.request}`]),
    ...header.map((line) => `-H '${line.slice(0, line.indexOf(":"))}: ...'`),
    ...(flags.data === undefined ? [] : ["-d ..."]),
    ...(expect === undefined ? [] : [`--expect ${expect.length === 0 ? "any" : expect.join(",")}`]),
    ...(flags.expectWorker === "" ? [] : [`--expect-worker ${flags.expectWorker}`]),
    ...(flags.clients === 0 ? [] : [`--clients ${flags.clients}`]),
    ...(externalPort === undefined ? [] : [`--external-port ${externalPort}`]),
  ];
}

function withoutQuery(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? path : `${path.slice(0, at)}?...`;
}

function loadFlags(flags: BenchFlags): string[] {
  const { loop, arrivals, rate, connections, sockets, threads, warmup, seconds, pairs, timeout, seed } = flags;
  return [
    loop === "open" ? `--arrivals ${arrivals} --rate ${rate}` : "--loop closed",
    `--connections ${connections} --sockets ${sockets} --threads ${threads}`,
    `--warmup ${warmup} --seconds ${seconds} --pairs ${pairs} --timeout ${timeout}ms --seed ${seed}`,
  ];
}
