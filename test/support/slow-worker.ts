import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A worker that answers at once, but for `/slow`, which waits for `release`. */
export interface SlowWorker {
  readonly port: number;
  /** Requests for `/slow` that wait. */
  waiting(): number;
  release(): void;
  close(): void;
}

export async function startSlowWorker(): Promise<SlowWorker> {
  const waiting: ServerResponse[] = [];
  const server = createServer((incoming, response) => {
    if (incoming.url === "/slow") waiting.push(response);
    else response.end("worker");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    waiting: () => waiting.length,
    release: () => {
      for (const response of waiting.splice(0)) response.end("slow");
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Status and body of a GET on a connection of its own; status 0 when the connection was cut or refused. */
export function get(port: number, path: string, host = "acme.example"): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path, headers: { Host: host }, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", () => resolve({ status: 0, body }));
    });
    asked.on("error", () => resolve({ status: 0, body: "" }));
    asked.end();
  });
}
