import { noHead } from "../http1/head-piece.ts";
import { parseRequestHead } from "../http1/read-head.ts";
import type { Step } from "../pipeline.ts";
import { identify } from "../request-head.ts";

/** Step 1: the head, strictly (RFC 9112): one reading that every parser behind would share. */
export const read: Step = {
  name: "read",
  run(x) {
    const head = parseRequestHead(x.headPiece, x.plan.http);
    x.headPiece = noHead; // its bytes are somebody else's
    if (typeof head === "string") return head;
    x.head = head;
    x.method = head.method;
    x.bodyRead = head.framing === "none";
    identify(x);
    return "next";
  },
  explain(x) {
    const body =
      x.head.framing === "none"
        ? "no body"
        : x.head.framing === "chunked"
          ? "chunked body"
          : `body of ${x.head.contentLength} bytes`;
    return `${x.head.method} with ${x.head.fieldCount} fields, ${body}`;
  },
};
