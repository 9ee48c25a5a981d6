/** What the edge changes in a worker's fields. */
import { request } from "../support/live-client.ts";
import { answer } from "../support/recording-worker.ts";
import { scenario } from "../support/scene.ts";

const date = "Sun, 22 Nov 2026 06:00:00 GMT";
const sent = [
  ["Date", date], ["Server", "Werkzeug/2"], ["X-Accel-Redirect", "/filestore/x"], ["X-Sendfile", "/x"], ["Connection", "X-Hop"],
  ["X-Hop", "1"], ["Keep-Alive", "timeout=5"], ["Date", date], ["Set-Cookie", "session_id=x; Domain=.example; Path=/; HttpOnly; SameSite=Lax"],
  ["Set-Cookie", "b=2; Secure; domain=evil.example"], ["X-Kept", "1"], ["X-Kept", "2"],
] as const; // biome-ignore format: pairs
const script = { onRequest: () => answer(200, "", "keep-alive", sent) };
const https = ["X-Forwarded-Proto: https"];
const proxied = "trustedProxies: [ 127.0.0.1/32 ]";

const kept = [["Date", date], ["X-Kept", "1"], ["X-Kept", "2"], ["Content-Length", "0"]] as const; // biome-ignore format: pairs
const rows: readonly (readonly [rule: string, edge: string, cookies: readonly string[]])[] = [
  ["over http", "", ["session_id=x; Path=/; HttpOnly; SameSite=Lax", "b=2; Secure"]],
  ["over https", proxied, ["session_id=x; Path=/; HttpOnly; SameSite=Lax; Secure", "b=2; Secure"]],
];
for (const [rule, edge, cookies] of rows) {
  scenario(
    `hop-by-hop, server fields, repeated singletons and cookie domains go, ${rule}`,
    { edge, script, tier: "limits: { app: {} }" },
    async (scene, t) => {
      const { fields } = await scene.ask(request("GET /", https));
      t.strictSame(
        fields.filter(([name]) => name !== "Set-Cookie"),
        kept,
      );
      t.strictSame(
        fields.filter(([name]) => name === "Set-Cookie").map(([, value]) => value),
        cookies,
      );
    },
  );
}

const places: readonly (readonly [location: string, status: number])[] = [
  ["/web/database/selector", 503],
  ["/web/database/selector?next=/web", 503],
  ["http://acme.example/web/database/selector", 503],
  ["/fr/web/database/selector", 503],
  ["/web/database/create", 503],
  ["/web/login?redirect=/web/database/selector", 302],
  ["/shop/web/database/selector/of/shoes", 302],
];
for (const [location, status] of places) {
  const script = { onRequest: () => answer(302, "moved", "close", [["Location", location]]) };
  scenario(`a redirect to ${location} gives ${status}`, { script }, async (scene, t) => {
    const response = await scene.ask(request("GET /"));
    t.equal(response.status, status);
    t.equal(
      response.fields.some(([name]) => name === "Location"),
      status === 302,
    );
    t.match(await scene.line(0), { status, code: status === 503 ? "binding_lost" : "" });
    t.equal(await scene.metric("binding_lost_total"), status === 503 ? 1 : 0);
  });
}
