import type { Peer } from "./peer.ts";
import { envoyBare, envoyEmitted } from "./products/envoy.ts";
import { haproxy } from "./products/haproxy.ts";
import { hostward } from "./products/hostward.ts";
import { nginx } from "./products/nginx.ts";
import { nodePeers } from "./products/node-peers.ts";

/** Everything that is measured side by side, in the order of the page. nginx is what the others are divided by. */
export const allPeers: readonly Peer[] = [hostward, nginx, haproxy, envoyBare, envoyEmitted, ...nodePeers];
