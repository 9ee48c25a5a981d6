import type { Step } from "../pipeline.ts";

/** The authorizer's last step: the request was judged whole and may pass. Envoy goes on at 200 and no other status. */
export const admit: Step = {
  name: "admit",
  run(x) {
    x.status = 200;
    x.closes = x.head.closes || x.services.draining;
    x.connection?.write(x.closes ? PASSES_AND_CLOSES : PASSES);
    return "next";
  },
  explain() {
    return "may pass";
  },
};

const PASSES = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const PASSES_AND_CLOSES = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
