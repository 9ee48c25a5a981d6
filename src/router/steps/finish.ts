import type { Exchange } from "../exchange.ts";
import { settleLogin } from "../login-result.ts";

/** Step 14, always: gives everything back, tells the log and the metrics, and lets the connection go on. */
export function finish(x: Exchange): void {
  if (x.finished) return;
  x.finished = true;
  const { reporter, clock } = x.services;
  try {
    x.totalMs = (x.endMs > 0 ? x.endMs : clock.nowMs()) - x.startMs;
    giveBack(x);
    if (x.heldLogin === null) tell(x);
    else settleLogin(x, x.heldLogin, () => tell(x));
  } catch (cause) {
    reporter.fault("finish", cause);
  }
  x.connection?.exchangeDone(x);
}

function tell(x: Exchange): void {
  x.bound?.live.count(x);
  x.services.reporter.finished(x);
}

function giveBack(x: Exchange): void {
  x.relay?.abandon();
  x.body?.release();
  if (x.bound === null) return;
  x.releaseEndpoint();
  x.bound.upstream.requests--;
  x.bound.upstream.scheduling.cancel(x);
  if (x.holdsSocket) x.services.sockets.close(x.tenant, x.clientAddress);
  const tunnel = x.connection?.tunnel;
  if (tunnel) x.services.tunnels.remove(tunnel, "fault");
}
