/** How the workers of the parity run answer: by the path that is asked, alike behind both edges. */
import { answer, type RecordedRequest, type WorkerAction, type WorkerScript } from "../../support/recording-worker.ts";
import { fieldValues, type StrictField } from "../../support/strict-http.ts";
import type { TrafficEntry } from "../../support/traffic.ts";
import { entryField, trafficScript } from "../../support/traffic-worker.ts";
import { webSocketAccept } from "../../support/websocket.ts";

const DATE = "Wed, 25 Nov 2026 12:00:00 GMT";
const dated: StrictField = ["Date", DATE];

/** What is answered on each path; any other echoes the request line. */
const behaviours: Readonly<Record<string, readonly WorkerAction[]>> = {
  "/parity/selector": redirectTo("/web/database/selector"),
  "/parity/selector-in-french": redirectTo("http://acme.example.com/fr/web/database/manager?x=1"),
  "/parity/login-redirect": redirectTo("/web/login?redirect=/web/database/selector"),
  "/parity/cookies": answer(200, "cookies", "close", [
    dated,
    ["Set-Cookie", "session_id=abc; Domain=.example.com; Path=/; HttpOnly"],
    ["Set-Cookie", "frontend_lang=en_US; Path=/"],
  ]),
  "/parity/dates": answer(200, "dates", "close", [dated, dated]),
  "/parity/server": answer(200, "server", "close", [
    dated,
    ["Server", "Werkzeug/3.0.1"],
    ["X-Sendfile", "/etc/passwd"],
    ["X-Accel-Redirect", "/filestore/x"],
    ["X-Accel-Buffering", "no"],
    ["X-Kept", "yes"],
  ]),
  "/parity/reset": [{ end: "reset" }],
  "/parity/close": [{ end: "close" }],
  "/parity/cut": [{ write: `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst` }, { waitMs: 50 }, { end: "reset" }],
  "/parity/slow": [{ waitMs: 3000 }, ...answer(200, "late", "close", [dated])],
  "/parity/error": answer(500, "module failed", "close", [dated]),
  "/parity/held": [{ waitMs: 400 }, ...answer(200, "held", "close", [dated])],
  "/parity/large": answer(200, "x".repeat(20 * 2 ** 20), "close", [dated]),
  "/parity/medium": answer(200, "x".repeat(4 * 2 ** 20), "close", [dated]),
  "/parity/garbage": [{ write: "HTTP/1.1 abc what\r\n\r\n" }, { end: "close" }],
  "/parity/lax": [{ write: "HTTP/1.1 200 OK\r\nA: b\n c\r\nContent-Length: 3\r\n\r\nlax" }, { end: "close" }],
  "/parity/http10": answer(200, "old", "http10", [dated]),
  "/parity/status": answer(418, "teapot", "close", [dated]),
};

function redirectTo(location: string): WorkerAction[] {
  return answer(303, "moved", "close", [dated, ["Location", location]]);
}

/** A script that plays these recorded entries, too. */
export function parityScript(entries: readonly TrafficEntry[]): WorkerScript {
  const recorded = trafficScript(entries);
  return {
    onRequest(request) {
      if (fieldValues(request.fields, entryField.toLowerCase()).length > 0) return recorded.onRequest(request);
      if (fieldValues(request.fields, "upgrade").length > 0) return switchProtocols(request);
      const path = request.target.replace(/\?.*/, "");
      return behaviours[path] ?? answer(200, `${request.method} ${request.target}`, "close", [dated]);
    },
  };
}

/** Opens a WebSocket that says one word; refuses, or answers with a wrong proof, when the query says so. */
function switchProtocols({ target, fields }: RecordedRequest): WorkerAction[] {
  if (target.endsWith("refuse")) return answer(403, "no socket", "close", [dated]);
  const [key = ""] = fieldValues(fields, "sec-websocket-key");
  const proof = target.endsWith("wrong") ? webSocketAccept("another key") : webSocketAccept(key);
  const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof}\r\n\r\n`;
  return [{ write: head }, { take: (socket) => socket.write("\x81\x02hi") }];
}
