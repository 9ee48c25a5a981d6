/** What to change where, by kind of weakness. "Hostward": what it does about it without being told. */
import type { Fix } from "./types.ts";

export const fixes = {
  doors: {
    nginx: "location ~* ^/+([^/]+/+)?web/+database { return 403; } merge_slashes left on",
    Traefik:
      "a router with PathRegexp(`^/+([^/]+/+)?web/+database`), a higher priority and an ipAllowList of 255.255.255.255/32",
    Envoy:
      "a route with safe_regex on the normalised path and direct_response 403; path_with_escaped_slashes_action UNESCAPE_AND_FORWARD",
    Odoo: "list_db = False, and a strong admin_passwd",
    Hostward: "closes every door on the canonical path, also behind a language prefix",
  },
  hosts: {
    nginx:
      "a default_server with return 444, one server_name per tenant, if ($http_host !~ ^[A-Za-z0-9.-]+(:[0-9]+)?$) { return 400; }",
    Traefik: "Host(`tenant`) in every rule, and no catch-all router",
    Envoy: "one virtual host per tenant, none with the domain *",
    Odoo: "dbfilter = ^%h$",
    Hostward: "answers hosts without a tenant itself",
  },
  identity: {
    nginx: "proxy_set_header Host $host; proxy_set_header X-Forwarded-Host $host; underscores_in_headers off",
    Traefik: "forwardedHeaders.insecure: false; names with an underscore pass, so Werkzeug 3 or newer behind it",
    Envoy:
      "request_headers_to_remove the names, append_x_forwarded_host: false, headers_with_underscores_action REJECT_REQUEST",
    Odoo: "proxy_mode = True only behind an edge that overwrites X-Forwarded-Host",
    Hostward: "removes what clients say about identity and sets its own, last and single",
  },
  rpc: {
    nginx:
      "it cannot read bodies: location ~* ^/+([^/]+/+)?(jsonrpc|xmlrpc) { return 403; } where no integration needs RPC",
    Traefik: "it cannot read bodies: refuse /jsonrpc and /xmlrpc where no integration needs RPC",
    Envoy: "ext_authz with the body, or refuse /jsonrpc and /xmlrpc",
    Odoo: "list_db = False hides the list; dbfilter does not apply to RPC at all",
    Hostward: "binds every call to the tenant's database, whatever the body's form",
  },
  framing: {
    nginx: "a current release: from 1.29.4 on it refuses chunks that end in a bare line feed",
    Traefik: "the newest release of its minor",
    Envoy: "the newest release of its minor, without allow_chunked_length",
    Hostward: "one strict reader: one framing per request, or 400 and the end of the connection",
  },
  methods: {
    nginx: "limit_except GET POST HEAD OPTIONS PUT PATCH DELETE { deny all; }",
    Traefik: "Method(...) in the rules",
    Envoy: "a route with a :method match and direct_response 405",
    Hostward: "answers TRACE and CONNECT with 405",
  },
  cookies: {
    nginx: "proxy_cookie_flags session_id secure httponly samesite=lax",
    Traefik: "a plugin, or Odoo itself: Traefik does not edit cookies of workers",
    Envoy: "a Lua filter on response headers",
    Odoo: "proxy_mode = True with X-Forwarded-Proto https",
    Hostward: "adds Secure on https, removes Domain",
  },
  sessions: {
    nginx: 'if ($http_cookie ~ "session_id=.*session_id=") { return 400; } and if ($arg_session_id) { return 400; }',
    Traefik: "no router for Query(`session_id`); two cookies it cannot see",
    Envoy: "a route with a header match on cookie (session_id=.*session_id=) and direct_response 400",
    Odoo: "a current 17.0 or newer takes no session id from the query",
    Hostward: "refuses a second session cookie and, up to Odoo 17, a session id in the query",
  },
  realtime: {
    nginx:
      'map "$cookie_session_id:$http_origin" to 1 where a session meets a foreign origin, and return 403 for it in location = /websocket',
    Traefik: "HeaderRegexp(`Origin`, ...) in the rule of /websocket",
    Envoy: "an RBAC filter on the origin header at the route of /websocket",
    Hostward: "opens a socket that carries a session only from the tenant's own origins",
  },
  limits: {
    nginx:
      "limit_req_zone with a key that a map leaves empty but for POST on /web/login, limit_req_status 429; set_real_ip_from for your own proxies only",
    Traefik: "a rateLimit middleware on /web/login, with sourceCriterion.ipStrategy.depth as deep as your own proxies",
    Envoy: "local_ratelimit on /web/login, and xff_num_trusted_hops",
    Hostward: "limits logins per client and tenant; believes X-Forwarded-For from trustedProxies only",
  },
  disclosure: {
    nginx: "server_tokens off; proxy_hide_header Server",
    Traefik: "a headers middleware: customResponseHeaders: { Server: '' }",
    Envoy: "server_header_transformation OVERWRITE",
    Hostward: "removes Server",
  },
} as const satisfies Record<string, Fix>;
