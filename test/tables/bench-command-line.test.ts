import t from "tap";
import { commandOf } from "../../src/cli/bench/command-line.ts";
import type { BenchFlags } from "../../src/cli/commands/bench.ts";

const flags: BenchFlags = {
  target: [{ name: "edge", url: "http://127.0.0.1:8080" }],
  path: "/",
  traffic: "url",
  zipf: 1,
  clients: 0,
  loop: "open",
  arrivals: "poisson",
  rate: 1000,
  connections: 64,
  sockets: 256,
  threads: 1,
  warmup: 2,
  seconds: 10,
  pairs: 5,
  timeout: 10_000,
  seed: 1,
  expectWorker: "",
};
const load = "--connections 64 --sockets 256 --threads 1 --warmup 2 --seconds 10 --pairs 5 --timeout 10000ms --seed 1";
const rows: ReadonlyArray<readonly [rule: string, wanted: Partial<BenchFlags>, command: string]> = [
  ["presets are told too", {}, `--path / --arrivals poisson --rate 1000 ${load}`],
  ["a closed loop has no rate", { loop: "closed" }, `--path / --loop closed ${load}`],
  [
    "no query, no value of a field, no body",
    { path: "/web?token=s3cret", header: ["Cookie: session=s3cret"], data: "s3cret", request: "PUT" },
    `--path /web?... -X PUT -H 'Cookie: ...' -d ... --arrivals poisson --rate 1000 ${load}`,
  ],
  [
    "a catalog and what is expected",
    {
      catalog: ["a", "b"],
      zipf: 1.1,
      traffic: "odoo-mix",
      expect: [],
      expectWorker: "w",
      clients: 9,
      externalPort: 443,
    },
    `-c a -c b --zipf 1.1 --traffic odoo-mix --expect any --expect-worker w --clients 9 --external-port 443 --arrivals poisson --rate 1000 ${load}`,
  ],
  [
    "a host, and statuses",
    { host: "acme.example", expect: [200, 303] },
    `--host acme.example --path / --expect 200,303 --arrivals poisson --rate 1000 ${load}`,
  ],
];
for (const [rule, wanted, command] of rows) {
  t.equal(commandOf({ ...flags, ...wanted }), `hostward bench --target edge=http://127.0.0.1:8080 ${command}`, rule);
}
const distant = commandOf({ ...flags, allowRemote: true, pid: new Map([["edge", 12]]) });
t.match(distant, "=http://127.0.0.1:8080 --pid edge=12 --allow-remote --path", "processes, and targets elsewhere");
