/** nginx as a side of a bench. */
import { startNginx } from "../../test/support/nginx.ts";
import { pinned, proxyCore } from "./processes.ts";
import type { Side } from "./sides.ts";

/**
 * Starts nginx with one worker process before a worker, with what the edge does too: the same fields set, an access log (written for
 * each request, nginx's default), kept connections. Bodies of up to 1 MiB wait in memory, as the edge's do.
 */
export async function startNginxSide(workerPort: number, keepAlive: boolean): Promise<Side> {
  const connection = keepAlive ? 'proxy_http_version 1.1; proxy_set_header Connection "";' : "";
  const nginx = await startNginx(
    `
    access_log $DIRECTORY/access.log combined;
    keepalive_requests 100000000;
    client_max_body_size 64m;
    client_body_buffer_size 1m;
    large_client_header_buffers 4 64k;
    upstream workers { server 127.0.0.1:${workerPort}; ${keepAlive ? "keepalive 2048; keepalive_requests 100000000;" : ""} }
    server {
      listen 127.0.0.1:$PORT backlog=4096;
      location / {
        proxy_pass http://workers;
        ${connection}
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Request-Id $request_id;
      }
    }`,
    pinned(proxyCore, []),
  );
  return { name: "nginx", port: nginx.port, pid: nginx.master.pid!, close: () => nginx.close() };
}
