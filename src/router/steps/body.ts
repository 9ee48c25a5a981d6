import type { Step } from "../pipeline.ts";

/** Step 9: the whole body, in memory or on disk, before a worker is asked: a slow client never holds one. */
export const body: Step = {
  name: "body",
  run(x) {
    const { framing, contentLength, contentEncoding } = x.head;
    if (framing === "none") return "next";
    if (contentEncoding !== null && contentEncoding.toLowerCase() !== "identity") return "content_encoding_unsupported";
    const { bodyBytesMax, bodyTimeoutMs } = x.bound!.tier;
    if (contentLength > bodyBytesMax) return "body_too_large";
    return x.connection === null ? "next" : x.connection.receiveBody(x, bodyBytesMax, bodyTimeoutMs);
  },
  explain(x) {
    return x.head.framing === "none" ? "none" : `buffered whole, up to ${x.bound!.tier.bodyBytesMax} bytes`;
  },
};
