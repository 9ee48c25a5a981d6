/** Something to try against the demo's edge. */
export interface Try {
  /** What it shows. */
  readonly title: string;
  /** A command line for a POSIX shell; it prints the heads of all responses. */
  readonly curl: string;
  /** Status of the last response. */
  readonly status: number;
  /** A text that the output holds. */
  readonly expect: string;
}

/** What to try against the demo catalog when its listener is on this port, each on a fresh edge. */
export function demoTries(port: number): readonly Try[] {
  const at = (tenant: string, path: string): string => `'http://${tenant}.localhost:${port}${path}'`;
  return [
    {
      title: "a hostname decides the database",
      curl: `curl -si ${at("acme", "/web/login")}`,
      status: 200,
      expect: "Database: acme.localhost",
    },
    {
      title: "another tenant, on another version of Odoo",
      curl: `curl -si ${at("globex", "/web/login")}`,
      status: 200,
      expect: "Odoo 19.0",
    },
    {
      title: "a database named like the first label of its host",
      curl: `curl -si ${at("initech", "/web/login")}`,
      status: 200,
      expect: "Database: initech",
    },
    {
      title: "a login reaches the worker and comes back with a session",
      curl: `curl -si -d login=admin -d password=admin ${at("acme", "/web/login")}`,
      status: 303,
      expect: "session_id=",
    },
    {
      title: "a host that nobody owns never reaches a worker",
      curl: `curl -si ${at("nobody", "/web/login")}`,
      status: 404,
      expect: "no tenant on this host",
    },
    {
      title: "the database manager is shut",
      curl: `curl -si ${at("acme", "/web/database/manager")}`,
      status: 403,
      expect: "blocked by the edge",
    },
    {
      title: "also behind a language prefix, doubled slashes and percent-encoding",
      curl: `curl -si ${at("acme", "/fr//web/%64atabase/list")}`,
      status: 403,
      expect: "blocked by the edge",
    },
    {
      title: "a forged X-Forwarded-Host changes nothing",
      curl: `curl -si -H 'X-Forwarded-Host: globex.localhost' ${at("acme", "/web/login")}`,
      status: 200,
      expect: "Database: acme.localhost",
    },
    {
      title: "a call that names the tenant's own database passes",
      curl: `curl -si -H 'Content-Type: application/json' -d '${loginCall("acme.localhost")}' ${at("acme", "/jsonrpc")}`,
      status: 200,
      expect: `"result"`,
    },
    {
      title: "a call that names another's is refused, in words that help its author",
      curl: `curl -si -H 'Content-Type: application/json' -d '${loginCall("globex.localhost")}' ${at("acme", "/jsonrpc")}`,
      status: 200,
      expect: "this hostname serves the database `acme.localhost` and no other",
    },
    {
      title: "nobody lists the databases",
      curl: `curl -si -H 'Content-Type: application/json' -d '${call("db", "list", [])}' ${at("acme", "/jsonrpc")}`,
      status: 200,
      expect: "the db service is closed",
    },
    {
      title: "an alias leads to the one hostname",
      curl: `curl -si ${at("shop.acme", "/web/login")}`,
      status: 308,
      expect: `http://acme.localhost:${port}/web/login`,
    },
    {
      title: "a tenant in maintenance, and when to come back",
      curl: `curl -si ${at("hooli", "/")}`,
      status: 503,
      expect: "Retry-After:",
    },
    {
      title: "a suspended tenant",
      curl: `curl -si ${at("umbrella", "/")}`,
      status: 503,
      expect: "suspended",
    },
    {
      title: "a WebSocket of the tenant's own pages opens and names its database",
      curl: `curl -si --max-time 1 ${upgrade} -H 'Origin: http://acme.localhost:${port}' -H 'Cookie: session_id=a' ${at("acme", "/websocket")}`,
      status: 101,
      expect: `"database":"acme.localhost"`,
    },
    {
      title: "a WebSocket with a session from a foreign page is refused",
      curl: `curl -si ${upgrade} -H 'Origin: https://evil.example' -H 'Cookie: session_id=a' ${at("acme", "/websocket")}`,
      status: 403,
      expect: "origin not allowed",
    },
    {
      title: "the sixth wrong password within a minute meets the limit",
      curl: `curl -s -o /dev/null -D - -d login=admin -d password=wrong ${at("initech", "/web/login?try=[1-6]")}`,
      status: 429,
      expect: "429",
    },
  ];
}

function call(service: string, method: string, args: readonly unknown[]): string {
  return JSON.stringify({ jsonrpc: "2.0", id: 1, params: { service, method, args } });
}

function loginCall(database: string): string {
  return call("common", "authenticate", [database, "admin", "admin", {}]);
}

const upgrade = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
]
  .map((field) => `-H '${field}'`)
  .join(" ");
