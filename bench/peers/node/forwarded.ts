/** What all Node peers set of a request, as the others do. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Fields that every peer adds or replaces. */
export function forwardedFields(request: IncomingMessage): Record<string, string> {
  const client = request.socket.remoteAddress ?? "";
  return {
    "x-forwarded-host": request.headers.host ?? "",
    "x-forwarded-proto": "http",
    "x-forwarded-for": client,
    "x-real-ip": client,
    "x-request-id": randomUUID(),
  };
}
