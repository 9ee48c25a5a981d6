/** fast-proxy with its undici client, the faster of its two. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { loadPeerPackage } from "../packages.ts";
import { forwardedFields } from "./forwarded.ts";
import { listen, workerUrl } from "./listen.ts";

interface FastProxyOptions {
  readonly base: string;
  readonly undici: { readonly connections: number; readonly pipelining: number };
}

type Headers = Record<string, string | string[] | undefined>;

interface FastProxy {
  proxy(
    request: IncomingMessage,
    response: ServerResponse,
    source: string,
    options: { rewriteRequestHeaders(request: IncomingMessage, headers: Headers): Headers },
  ): void;
}

const fastProxy = loadPeerPackage<(options: FastProxyOptions) => FastProxy>("fast-proxy");
const { proxy } = fastProxy({ base: workerUrl, undici: { connections: 256, pipelining: 1 } });
const options = {
  // It sets the Host of its target, and the one that came as X-Forwarded-Host; the others pass Host on.
  rewriteRequestHeaders: (request: IncomingMessage, headers: Headers): Headers => ({
    ...headers,
    host: request.headers.host,
    ...forwardedFields(request),
  }),
};
listen(createServer((request, response) => proxy(request, response, request.url ?? "/", options)));
