/** What `verify` finds at nginx: as Odoo documents it, and with the changes that the report asks for. */
import t from "tap";
import { type Report, verify } from "../../src/verify/run.ts";
import { startNginx } from "../support/nginx.ts";
import { workersFor } from "../support/odoo.ts";
import { idsOf, targetAt } from "../support/verify.ts";

const workers = await workersFor(t, "17.0", "^%h$");

const upstreams = `
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  access_log off;
  proxy_read_timeout 720s; proxy_connect_timeout 720s; proxy_send_timeout 720s;
  upstream odoo { server 127.0.0.1:${workers.httpPort}; }
  upstream odoochat { server 127.0.0.1:${workers.realtimePort}; }`;

const forwarded = (host: string) => `
  proxy_set_header X-Forwarded-Host ${host};
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_cookie_flags session_id samesite=lax secure;`;

const toRealtime =
  "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; proxy_pass http://odoochat;";

/** The server block of Odoo's deployment guide, without TLS. */
const documented = `${upstreams}
  server {
    listen 127.0.0.1:$PORT;
    location /websocket { ${forwarded("$http_host")} ${toRealtime} }
    location / { ${forwarded("$http_host")} proxy_redirect off; proxy_pass http://odoo; }
  }`;

/** The same with what the report says under "nginx". */
const hardened = `${upstreams}
  server_tokens off;
  limit_req_zone $binary_remote_addr zone=all:1m rate=1000r/s;
  map $request_method:$uri $login { default ''; POST:/web/login $binary_remote_addr; }
  limit_req_zone $login zone=login:1m rate=10r/m;
  map "$cookie_session_id:$http_origin" $foreign { default 1; '~^:' 0; '~:$' 0; '~:https?://[a-z]+\\.localhost$' 0; }
  server { listen 127.0.0.1:$PORT default_server; return 444; }
  server {
    listen 127.0.0.1:$PORT;
    server_name acme.localhost globex.localhost;
    if ($http_host !~ "^[A-Za-z0-9.-]+(:[0-9]+)?$") { return 400; }
    if ($http_cookie ~ "session_id=.*session_id=") { return 400; }
    if ($arg_session_id) { return 400; }
    location ~* ^/+([^/]+/+)?web/+database { return 403; }
    location ~* ^/+([^/]+/+)?(jsonrpc|xmlrpc) { return 403; }
    location = /websocket { if ($foreign) { return 403; } ${forwarded("$host")} ${toRealtime} }
    location / {
      limit_except GET POST HEAD OPTIONS PUT PATCH DELETE { deny all; }
      limit_req zone=login burst=20 nodelay;
      limit_req_status 429;
      ${forwarded("$host")} proxy_redirect off; proxy_pass http://odoo;
    }
  }`;

async function probe(config: string): Promise<Report> {
  const nginx = await startNginx(config);
  return verify(targetAt(nginx.port), 100).finally(() => nginx.close());
}

/** What nginx lets through as Odoo documents it, by family. */
const documentedViolations: ReadonlyArray<readonly [rule: string, ids: string]> = [
  [
    "the database manager, however it is spelled",
    "manager.absolute-form manager.encoded-letter manager.encoded-slash manager.fragment manager.language " +
      "manager.language-slashes manager.list manager.plain manager.slashes manager.trailing-slash",
  ],
  [
    "RPC that names any database",
    "rpc.containers rpc.entities rpc.escapes rpc.exists rpc.json-list rpc.json-login rpc.language rpc.method " +
      "rpc.spelling rpc.xml-list rpc.xml-login",
  ],
  ["RPC that names the other tenant's", "other.exists other.json-login other.xml-login"],
  ["hosts that nobody owns", "host.absolute-form host.address host.selector host.unknown"],
  ["a Host that is none, and one beside another target", "host.ambiguous other.absolute-form"],
  ["sockets from foreign pages", "websocket.origin"],
  ["a second session cookie", "cookie.repeated"],
  ["framing that 1.22 reads generously", "framing.bare-lf framing.chunk-lf framing.chunk-size"],
  ["any method and any number of logins, and it tells its version", "disclosure.server limit.login method.unknown"],
];

t.test("as documented", async (t) => {
  const report = await probe(documented);
  const found = idsOf(report, "violated");
  for (const [rule, ids] of documentedViolations) {
    for (const id of ids.split(" ")) t.ok(found.includes(id), `lets through ${rule}: ${id}`);
  }
  t.same(found, documentedViolations.flatMap(([, ids]) => ids.split(" ")).toSorted(), "and nothing else");
});

t.test("as the report asks for", async (t) => {
  const report = await probe(hardened);
  t.same(
    idsOf(report, "violated"),
    ["framing.bare-lf", "framing.chunk-lf", "framing.chunk-size"],
    "what only a newer release mends",
  );
  t.match(
    idsOf(report, "unknown").join(" "),
    /^(?:door\.\S+ ?)+$/,
    "doors to modules that are not there cannot be seen",
  );
});
