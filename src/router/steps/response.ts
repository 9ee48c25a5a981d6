import { createHash } from "node:crypto";
import type { Exchange } from "../exchange.ts";
import type { ResponseHead } from "../http1/read-response-head.ts";
import { noteLoginHead } from "../login-result.ts";
import type { Step, Verdict } from "../pipeline.ts";
import { clientFraming, leadsToSelector, responseHead, switchingHead } from "../response-head.ts";

/** Step 13: the worker's head, checked and rebuilt; goes on when the body has been relayed. */
export const response: Step = {
  name: "response",
  run(x) {
    const head = x.response!;
    if (head.status === 101) return switchProtocols(x, head);
    if (head.location !== null && head.status >= 300 && head.status < 400 && leadsToSelector(head.location))
      return "binding_lost";
    if (x.heldLogin !== null) noteLoginHead(x, head);
    x.status = head.status;
    // After a refused upgrade the connection ends: the client may have sent frames already.
    x.closes = x.head.closes || x.services.draining || x.upgrade;
    const framing = clientFraming(head);
    x.relay!.respond(responseHead(x, head, framing, x.closes), framing);
    return "wait";
  },
  explain() {
    return "relayed";
  },
};

const WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A tunnel opens only after a 101 that was asked for and proves that the worker read the key (RFC 6455 section 4.1). */
function switchProtocols(x: Exchange, head: ResponseHead): Verdict {
  const accept = createHash("sha1")
    .update(x.head.webSocketKey + WEBSOCKET_GUID)
    .digest("base64");
  if (!x.upgrade || head.upgrade !== "websocket" || head.webSocketAccept !== accept) return "malformed_response";
  x.status = 101;
  x.relay!.tunnel(switchingHead(head));
  return "wait";
}
