import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { benchCatalog, hostOf } from "./support/bench-catalog.ts";
import { pinned, proxyCore } from "./support/processes.ts";
import { sample, startBenchWorker, startNginxSide } from "./support/sides.ts";

const keep = process.argv[2] !== "close";
const N = Number(process.argv[3] ?? 40000);
const rounds = Number(process.argv[4] ?? 3);
const worker = await startBenchWorker({ name: "w", keepAlive: keep });
writeFileSync(
  "/tmp/bench-cat.yaml",
  `apiVersion: hostward.dev/v1alpha1
kind: Edge
metadata: { name: bench }
spec:
  listeners: [ { name: http, address: 127.0.0.1, port: 18089, protocol: HTTP, externalPort: 80 } ]
  telemetry: { address: 127.0.0.1, port: 19902 }
  admin: { address: 127.0.0.1, port: 19901 }
---
` + benchCatalog([{ name: "w", workerPort: worker.port }], 3),
);
const [cmd, ...args] = pinned(proxyCore, [
  process.execPath,
  ...(process.env.PROF ? process.env.PROF.split(" ") : []),
  new URL("./tmp-edge.ts", import.meta.url).pathname,
  "/tmp/bench-cat.yaml",
]);
const child = spawn(cmd!, args, { stdio: ["ignore", "pipe", "inherit"] });
await once(child.stdout!, "data");
const edge = { name: "edge", port: 18089, pid: child.pid!, close: async () => {} };
const nginx = await startNginxSide(worker.port, keep);
const targets = [0, 1, 2].map((i) => ({ host: hostOf(i), stamp: `w ${hostOf(i)}` })) as any;
await sample(edge, targets, 20000);
for (let i = 0; i < rounds; i++) {
  const a = await sample(nginx, targets, N);
  const b = await sample(edge, targets, N);
  console.log(
    "nginx",
    a.microsPerRequest.toFixed(2),
    a.errors,
    "edge",
    b.microsPerRequest.toFixed(2),
    b.errors,
    Math.round(b.requestsPerSecond),
    "ratio",
    (b.microsPerRequest / a.microsPerRequest).toFixed(2),
  );
}
child.kill("SIGTERM");
await nginx.close();
await worker.close();
