/** The cases that all peers are measured in. */
import type { LoadRequest } from "../support/load-requests.ts";

export interface PeerCase {
  readonly id: string;
  readonly title: string;
  /** Whether the worker keeps its connections. */
  readonly keepAlive: boolean;
  readonly request: LoadRequest;
}

const get: LoadRequest = { bodyBytes: 0, fieldCount: 0 };
const post: LoadRequest = { bodyBytes: 2048, fieldCount: 0 };

export const peerCases: readonly PeerCase[] = [
  { id: "get-kept", title: "GET of 1 KiB, worker keeps connections", keepAlive: true, request: get },
  { id: "post-kept", title: "POST of 2 KiB JSON-RPC, worker keeps connections", keepAlive: true, request: post },
  { id: "get-closing", title: "GET of 1 KiB, worker closes (prefork Odoo)", keepAlive: false, request: get },
  {
    id: "post-closing",
    title: "POST of 2 KiB JSON-RPC, worker closes (prefork Odoo)",
    keepAlive: false,
    request: post,
  },
];
