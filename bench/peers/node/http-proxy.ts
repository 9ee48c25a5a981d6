/** http-proxy with a keep-alive agent; without one it opens a connection for each request. */
import { type Agent, type ClientRequest, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { loadPeerPackage } from "../packages.ts";
import { forwardedFields } from "./forwarded.ts";
import { keepAliveAgent, listen, workerUrl } from "./listen.ts";

interface Proxy {
  web(request: IncomingMessage, response: ServerResponse): void;
  on(event: "proxyReq", listener: (out: ClientRequest, request: IncomingMessage) => void): void;
  on(event: "error", listener: (error: Error, request: IncomingMessage, response: ServerResponse) => void): void;
}

const { createProxyServer } = loadPeerPackage<{ createProxyServer(options: { target: string; agent: Agent }): Proxy }>(
  "http-proxy",
);
const proxy = createProxyServer({ target: workerUrl, agent: keepAliveAgent() });
proxy.on("proxyReq", (out, request) => {
  for (const [name, value] of Object.entries(forwardedFields(request))) out.setHeader(name, value);
});
proxy.on("error", (_error, _request, response) => {
  response.writeHead(502).end();
});
listen(createServer((request, response) => proxy.web(request, response)));
