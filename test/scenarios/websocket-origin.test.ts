/** Whose pages may open a WebSocket: with a session only the tenant's own and those on its list. */
import { scenario, tenantDocument } from "../support/scene.ts";
import { accepting, upgrade } from "../support/socket-client.ts";

const script = { onRequest: accepting((socket) => socket.resume()) };

const listener = (port: number) => `{ name: http, address: 127.0.0.1, port: 0, externalPort: ${port} }`;
const session = "Cookie: a=1; session_id=secret";

type Row = readonly [rule: string, externalPort: number, fields: readonly string[], status: number];
const origins: readonly Row[] = [
  ["its own, by http", 80, [session, "Origin: http://acme.example"], 101],
  ["its own, in capitals", 80, [session, "Origin: http://ACME.example"], 101],
  ["its own, with the port written", 80, [session, "Origin: http://acme.example:80"], 101],
  ["its own by https, where that is the port", 443, [session, "Origin: https://acme.example"], 101],
  ["its own with an external port", 8443, [session, "Origin: https://acme.example:8443"], 101],
  ["an alias", 80, [session, "Origin: http://shop.example"], 101],
  ["one on its list", 80, [session, "Origin: https://partner.example"], 101],
  ["none", 80, [session], 101],
  ["its own on another port", 80, [session, "Origin: http://acme.example:8080"], 403],
  ["its own without the external port", 8443, [session, "Origin: https://acme.example"], 403],
  ["another tenant", 80, [session, "Origin: http://other.example"], 403],
  ["a foreign one", 80, [session, "Origin: https://evil.example"], 403],
  ["null", 80, [session, "Origin: null"], 403],
  ["a foreign one without a session", 80, ["Origin: https://evil.example"], 101],
  ["null without a session", 80, ["Origin: null", "Cookie: a=session_id"], 101],
];
const tenant = "pool: odoo, aliases: [ { hostname: shop.example } ], origins: [ https://partner.example ]";
for (const [rule, port, fields, status] of origins) {
  const setup = { script, tenant, listeners: listener(port), more: tenantDocument("other") };
  scenario(`origin ${rule}: ${status}`, setup, async (scene, t) => {
    const client = await scene.client();
    t.equal((await client.send(upgrade("/websocket", fields)).responses(1))[0]!.status, status);
    t.equal(scene.arrived.length, status === 101 ? 1 : 0);
    t.equal(await scene.metric("tunnels_refused_total"), status === 101 ? 0 : 1);
  });
}
