/** @fastify/http-proxy in a Fastify that does nothing else, its logger off. */
import type { IncomingMessage, Server } from "node:http";
import { loadPeerPackage } from "../packages.ts";
import { forwardedFields } from "./forwarded.ts";
import { workerUrl } from "./listen.ts";

type Headers = Record<string, string | string[] | undefined>;

interface ProxyOptions {
  readonly upstream: string;
  readonly disableRequestLogging: boolean;
  readonly undici: { readonly connections: number; readonly pipelining: number };
  readonly replyOptions: { rewriteRequestHeaders(request: { raw: IncomingMessage }, headers: Headers): Headers };
}

interface Fastify {
  readonly server: Server;
  register(plugin: unknown, options: ProxyOptions): void;
  listen(options: { port: number; host: string; backlog: number }): Promise<string>;
}

const fastify = loadPeerPackage<(options: { logger: boolean; bodyLimit: number }) => Fastify>("fastify");
const app = fastify({ logger: false, bodyLimit: 64 * 2 ** 20 });
app.register(loadPeerPackage("@fastify/http-proxy"), {
  upstream: workerUrl,
  disableRequestLogging: true,
  undici: { connections: 256, pipelining: 1 },
  replyOptions: {
    rewriteRequestHeaders: ({ raw }, headers) => ({ ...headers, host: raw.headers.host, ...forwardedFields(raw) }),
  },
});
const url = await app.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
console.log(new URL(url).port);
