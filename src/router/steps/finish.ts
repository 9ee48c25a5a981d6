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
    if (x.loginTicket !== null) settleLogin(x, x.loginTicket);
    count(x);
    reporter.finished(x);
  } catch (cause) {
    reporter.fault("finish", cause);
  }
  x.connection?.exchangeDone(x);
}

function giveBack(x: Exchange): void {
  x.relay?.abandon();
  x.body?.release();
  if (x.bound === null) return;
  x.releaseEndpoint();
  x.bound.upstream.requests--;
  x.bound.upstream.scheduling.cancel(x);
  if (x.holdsSocket) x.bound.live.closeSocket(x.clientAddress);
  const tunnel = x.connection?.tunnel;
  if (tunnel) x.services.tunnels.remove(tunnel, "fault");
}

function count(x: Exchange): void {
  if (x.bound === null) return;
  const { live } = x.bound;
  live.requests++;
  if (x.code !== "") live.answered++;
  live.bytesIn += x.bytesIn;
  live.bytesOut += x.bytesOut;
}
