import { isIPv4 } from "node:net";
import type { Problem } from "../../core/problem.ts";
import type { Declarations } from "../lint.ts";
import { problemAtPath } from "../located.ts";
import { isLoopback, isWildcard } from "../network.ts";
import type { EdgeDocument } from "../schema.ts";
import type { Declared } from "../validate.ts";
import { quote } from "../wording.ts";

/** A place where the edge itself listens. */
export interface OwnListener {
  readonly label: string;
  readonly address: string;
  readonly port: number;
  readonly path: readonly PropertyKey[];
}

/** The edge's own listeners do not clash, and are not wider than they look. */
export function* lintListeners({ edges }: Declarations): Generator<Problem> {
  for (const edge of edges) {
    yield* lintClashes(edge);
    yield* lintExposure(edge);
  }
}

/** Everything that the edge listens on. */
export function ownListeners({ spec }: EdgeDocument): OwnListener[] {
  const listeners = spec.listeners.map((listener, i) => ({
    ...listener,
    label: `listener ${quote(listener.name)}`,
    path: ["spec", "listeners", i],
  }));
  return [
    ...listeners,
    { ...spec.telemetry, label: "`telemetry`", path: ["spec", "telemetry"] },
    { ...spec.admin, label: "`admin`", path: ["spec", "admin"] },
  ];
}

function* lintClashes(edge: Declared<EdgeDocument>): Generator<Problem> {
  const own = ownListeners(edge.value);
  for (const [i, listener] of own.entries()) {
    const twin = own.slice(0, i).find((earlier) => overlaps(earlier, listener));
    if (twin === undefined) continue;
    const message = `cannot listen on ${listener.address} port ${listener.port} for ${listener.label}: ${twin.label} listens on ${twin.address} port ${twin.port}`;
    yield problemAtPath(edge.node, [...listener.path, "port"], "listener_clash", message);
  }
  const names = new Set<string>();
  for (const [i, { name }] of edge.value.spec.listeners.entries()) {
    const path = ["spec", "listeners", i, "name"];
    if (names.has(name))
      yield problemAtPath(
        edge.node,
        path,
        "listener_clash",
        `cannot name two listeners ${quote(name)}`,
        "choose another name",
      );
    names.add(name);
  }
}

/** Whether two listeners need the same port of the same address. `::` listens for IPv4 too. */
function overlaps(a: OwnListener, b: OwnListener): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  return a.address === b.address || covers(a.address, b.address) || covers(b.address, a.address);
}

/** Whether listening on the wildcard `wide` includes `address`. */
export function covers(wide: string, address: string): boolean {
  return wide === "::" || (wide === "0.0.0.0" && (isIPv4(address) || address === "::"));
}

function* lintExposure(edge: Declared<EdgeDocument>): Generator<Problem> {
  const { admin, trustedProxies, internalClients } = edge.value.spec;
  if (!isLoopback(admin.address)) {
    const reach = isWildcard(admin.address) ? "every interface" : quote(admin.address);
    yield problemAtPath(
      edge.node,
      ["spec", "admin", "address"],
      "admin_exposed",
      `the admin interface listens on ${reach}`,
    );
  }
  for (const [field, list] of Object.entries({ trustedProxies, internalClients })) {
    for (const [i, network] of list.entries()) {
      const path = ["spec", field, i];
      if (network.endsWith("/0"))
        yield problemAtPath(edge.node, path, "trusts_everyone", `\`spec.${field}\` holds every address`);
    }
  }
}
