/** Proves the judge: a plain nginx of Debian 12 fails it for the reasons that are known of nginx 1.22. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { smugglingCases } from "../support/corpora.ts";
import { type Lane, runInLanes } from "../support/lane.ts";
import { startNginx } from "../support/nginx.ts";
import { startRecordingWorker } from "../support/recording-worker.ts";
import { runSmugglingCase } from "../support/smuggling.ts";

async function openNginxLane(): Promise<Lane> {
  const worker = await startRecordingWorker();
  const nginx = await startNginx(`
    log_format address "$upstream_addr";
    access_log $DIRECTORY/access.log address;
    map $http_host $known { default 0; acme.example.com 1; globex.example.com 1; }
    server {
      listen 127.0.0.1:$PORT;
      location / {
        proxy_pass http://127.0.0.1:${worker.port};
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header Connection close;
      }
    }`);
  const close = async () => {
    await nginx.close();
    await worker.close();
  };
  const log = join(nginx.directory, "access.log");
  const forwarded = () =>
    readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("127.")).length;
  return { port: nginx.port, worker, forwarded, close };
}

const h1 = smugglingCases.filter(({ proto }) => proto === "h1");
const results = await runInLanes(h1, openNginxLane, runSmugglingCase);
const findings = new Map(h1.map(({ id }, i) => [id, results[i]!.join("; ")]));

const forwarded = /requests at the worker/;
const rows: ReadonlyArray<readonly [rule: string, id: string, finding: RegExp]> = [
  ["takes a bare LF for the end of a field line", "cl-barelf", forwarded],
  ["takes a bare LF for the end of the last chunk's line", "ck-last-lf", forwarded],
  ["takes a bare LF for the end of the body", "ck-last-lf2", forwarded],
  ["reads over a bare LF in a chunk extension", "ck-ext-lf-smuggle", forwarded],
  ["reads over NUL in a chunk extension", "ck-ext-nul", forwarded],
  ["takes a blank after a chunk size", "ck-space-trail", forwarded],
  ["takes a chunk extension of 20 kB", "ck-ext-16k", forwarded],
  ["passes raw bytes over 0x7f in a target", "rl-high-target", /target/],
  ["passes HTTP2-Settings", "up-h2c", /HTTP2-Settings reached/],
  ["passes a client's choice of a database", "hd-spoof-db", /X-Odoo-Database reached/],
  ["passes userinfo in Host", "h-userinfo", /Host \["x@acme/],
  ["refuses two Host lines", "h-dup-diff", /^$/],
  ["refuses Content-Length beside Transfer-Encoding", "clte-smuggle", /^$/],
  ["forwards an ordinary request whole", "ctl-post-chunked", /^$/],
];
for (const [rule, id, finding] of rows) t.match(findings.get(id), finding, `nginx 1.22 ${rule}`);
