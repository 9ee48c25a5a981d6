import { isIP } from "node:net";
import type { Address } from "../plan/types.ts";
import { failure, json, listen, notFound, type Reply, type RunningServer } from "./http-server.ts";
import { jsonArrayPieces, jsonObjectPieces } from "./json-stream.ts";
import type { AdminSource } from "./sources.ts";

const TENANT_PREFIX = "/tenants/";

/**
 * Starts the admin server: `/plan`, `/tenants`, `/tenants/NAME`, `/endpoints` and `/version`, all as JSON.
 *
 * For loopback: it knows every tenant and asks nobody who they are. Rejects when the address cannot be bound.
 */
export function startAdmin(address: Address, source: AdminSource): Promise<RunningServer> {
  return listen(address, (path, request) => {
    if (isLocalHost(request.headers.host ?? "")) return route(path, source);
    return failure(403, "foreign_host", "cannot serve this Host: only an IP address or localhost");
  });
}

/**
 * Whether a Host field names this server in a way that no DNS answer can fake: an IP address or `localhost`.
 *
 * A web page whose name its owner points at 127.0.0.1 would otherwise read the admin server through a browser here.
 */
export function isLocalHost(host: string): boolean {
  const [, bracketed, plain = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  return isIP(plain) === 4 || plain.toLowerCase() === "localhost";
}

function route(path: string, source: AdminSource): Reply {
  switch (path) {
    case "/version":
      return json(200, { version: source.version, node: process.version, plan: source.hash() });
    case "/endpoints":
      return json(200, source.endpoints());
    case "/plan":
      return stream(jsonObjectPieces(source.plan()));
    case "/tenants":
      return stream(tenantPieces(source));
  }
  return path.startsWith(TENANT_PREFIX) ? tenant(path, source) : notFound(path);
}

function tenant(path: string, source: AdminSource): Reply {
  const report = source.tenant(path.slice(TENANT_PREFIX.length)); // a tenant's name needs no percent-encoding
  return report === null ? notFound(path) : json(200, report);
}

function* tenantPieces(source: AdminSource): Generator<string> {
  const { pools, tiers, tenants } = source.plan();
  yield* jsonArrayPieces(tenants, ({ name, hostname, state, pool, tier }) => {
    return { name, hostname, state, pool: pools[pool]?.name, tier: tiers[tier]?.name };
  });
  yield "\n";
}

function stream(body: Iterable<string>): Reply {
  return { status: 200, type: "application/json", body };
}
