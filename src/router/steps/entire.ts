import type { AnswerCode } from "../../core/answers.ts";
import { countSessions } from "../../policy/cookies.ts";
import type { Exchange } from "../exchange.ts";
import { standsAtBodyDoor } from "../guard-facts.ts";
import type { Step } from "../pipeline.ts";

/**
 * The authorizer judges what Envoy shows it, so that it must be all of the request (Envoy 1.40, run):
 *
 * - Of a request with `Upgrade: websocket` no body is shown, whatever its method and length, and it is forwarded all the
 *   same. Only the handshake at the realtime path may have one, as no worker reads it there.
 * - Where a body was buffered, `x-envoy-auth-partial-body` says whether it is whole. A call without that field at a
 *   door that a body opens means that Envoy was not told to show bodies: refused, so that it is noticed.
 * - Several lines of a field are shown as one, joined with commas, and forwarded as several: a second session is looked
 *   for behind commas, too.
 */
export const entire: Step = {
  name: "entire",
  run(x) {
    if (!x.upgrade && upgradeField.test(x.head.text)) return refuse(x, "upgrade", "an upgrade leads to no page");
    if (x.head.cookie !== null && countSessions(x.head.cookie.replaceAll(",", ";")) > 1) return "repeated_session";
    const whole = partialBody.exec(x.head.text)?.[1]?.trim().toLowerCase();
    if (whole === undefined && x.method === "POST" && standsAtBodyDoor(x))
      return refuse(x, "body", "no body was shown");
    return whole === undefined || whole === "false" ? "next" : "body_too_large";
  },
  explain() {
    return "shown whole";
  },
};

const upgradeField = /\r\nupgrade:/i;
const partialBody = /\r\nx-envoy-auth-partial-body:([^\r]*)/i;

function refuse(x: Exchange, key: string, reason: string): AnswerCode {
  x.detail = `envoy: \`${key}\`: ${reason}`;
  x.guardMessage = `${reason}: it cannot be judged`;
  return "guard_refused";
}
