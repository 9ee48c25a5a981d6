/**
 * Envoy Gateway's xDS as Envoy would get it over the wire, turned into a bootstrap that needs no control plane: routes
 * inlined into their connection managers, endpoints into their clusters. Nothing that serves a request is changed but
 * the address it listens on.
 */

/** Any JSON object of the dump; what this file does not read passes through. */
type Json = Record<string, unknown>;

/** An address of xDS. */
interface SocketAddress {
  readonly socketAddress: { readonly address: string; readonly portValue: number };
}

/** What this file reads of a Listener, envoy.config.listener.v3. */
export interface XdsListener extends Json {
  readonly name: string;
  readonly address: SocketAddress;
  readonly filterChains?: readonly FilterChain[];
  readonly defaultFilterChain?: FilterChain;
}

interface FilterChain extends Json {
  readonly filters: ReadonlyArray<{ readonly name: string; readonly typedConfig: ConnectionManager }>;
}

/** What tests read of a connection manager; `httpFilters` are in the order in which a request meets them. */
export interface ConnectionManager extends Json {
  readonly httpFilters: ReadonlyArray<{ readonly name: string; readonly typedConfig: Json }>;
  readonly accessLog?: ReadonlyArray<{ readonly name: string }>;
  readonly rds?: { readonly routeConfigName: string };
  readonly routeConfig?: RouteConfiguration;
}

/** What tests read of a RouteConfiguration, envoy.config.route.v3; routes are in the order in which they match. */
export interface RouteConfiguration extends Json {
  readonly name: string;
  readonly virtualHosts: ReadonlyArray<{
    readonly name: string;
    readonly domains: readonly string[];
    readonly routes: ReadonlyArray<Json & { readonly name: string; readonly match: Json }>;
  }>;
}

interface Cluster extends Json {
  readonly name: string;
  readonly edsClusterConfig?: { readonly serviceName?: string };
}

interface LoadAssignment extends Json {
  readonly clusterName: string;
  readonly endpoints?: ReadonlyArray<Json & { readonly lbEndpoints?: readonly LbEndpoint[] }>;
}

interface LbEndpoint extends Json {
  readonly endpoint: Json & { readonly address: SocketAddress };
}

/** The parts of one gateway's dump. */
export interface XdsDump {
  readonly runtime: unknown;
  readonly overloadManager: unknown;
  readonly listeners: readonly XdsListener[];
  readonly routes: readonly RouteConfiguration[];
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly LoadAssignment[];
}

/** Where a socket is. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What the caller decides of a bootstrap. */
export interface BootstrapOptions {
  /** The port of 127.0.0.1 that the gateway's only listener gets. */
  readonly port: number;
  /** The port of 127.0.0.1 for Envoy's admin interface; without it there is none. */
  readonly adminPort?: number;
  /** The port of 127.0.0.1 at which limits that Envoys share are asked for; without it, nobody answers. */
  readonly limitPort?: number;
  /** Where the workers really are; without it, where the Services say. */
  readonly endpointAt?: (declared: Endpoint) => Endpoint;
}

/** A complete configuration of Envoy. */
export interface Bootstrap extends Json {
  readonly admin?: { readonly address: SocketAddress };
  readonly staticResources: { readonly listeners: readonly XdsListener[]; readonly clusters: readonly Cluster[] };
}

type Config = Json & { readonly "@type": string };
const wrappers: Readonly<Record<string, (config: Json) => Partial<XdsDump>>> = {
  BootstrapConfigDump: ({ bootstrap }) => {
    const { layeredRuntime, overloadManager } = bootstrap as Json;
    return { runtime: layeredRuntime, overloadManager };
  },
  ListenersConfigDump: (config) => ({
    listeners: listOf<{ activeState: { listener: XdsListener } }>(config, "dynamicListeners").map(({ activeState }) =>
      untyped(activeState.listener),
    ),
  }),
  RoutesConfigDump: (config) => ({
    routes: listOf<{ routeConfig: RouteConfiguration }>(config, "dynamicRouteConfigs").map(({ routeConfig }) =>
      untyped(routeConfig),
    ),
  }),
  ClustersConfigDump: (config) => ({
    clusters: listOf<{ cluster: Cluster }>(config, "dynamicActiveClusters").map(({ cluster }) => untyped(cluster)),
  }),
  EndpointsConfigDump: (config) => ({
    endpoints: listOf<{ endpointConfig: LoadAssignment }>(config, "dynamicEndpointConfigs").map(({ endpointConfig }) =>
      untyped(endpointConfig),
    ),
  }),
};

function listOf<T>(config: Json, name: string): readonly T[] {
  return (config[name] ?? []) as readonly T[];
}

/** The dump says of each part what message it is; where it goes, there is only one that it can be. */
function untyped<T extends Json>({ "@type": _, ...message }: T): T {
  return message as unknown as T;
}

/** Sorts a config dump (envoy.admin.v3.ConfigDump) into its parts; a part of a kind that is not known here throws. */
export function readXdsDump(configs: readonly Config[]): XdsDump {
  const parts = configs.map((config) => {
    const kind = config["@type"].split(".").at(-1)!;
    const read = wrappers[kind];
    if (read === undefined) throw new Error(`cannot turn a ${kind} into static configuration`);
    return read(config);
  });
  const none = { runtime: {}, overloadManager: {}, listeners: [], routes: [], clusters: [], endpoints: [] };
  const dump: XdsDump = Object.assign(none, ...parts);
  return { ...dump, listeners: dump.listeners.filter(({ name }) => !name.startsWith("envoy-gateway-proxy-ready")) };
}

/** The connection managers of a dump with their routes inlined. */
export function connectionManagers(dump: XdsDump): ConnectionManager[] {
  const filters = dump.listeners.flatMap((listener) => chainsOf(listener).flatMap((chain) => chain.filters));
  return filters.map(({ typedConfig }) => inlineRoutes(typedConfig, dump.routes));
}

function chainsOf({ filterChains = [], defaultFilterChain }: XdsListener): readonly FilterChain[] {
  return defaultFilterChain === undefined ? filterChains : [...filterChains, defaultFilterChain];
}

/** Builds the configuration; throws when the dump holds anything but one listener. */
export function toBootstrap(dump: XdsDump, options: BootstrapOptions): Bootstrap {
  const [listener, ...others] = dump.listeners;
  if (listener === undefined || others.length > 0) {
    const names = dump.listeners.map(({ name }) => `\`${name}\``).join(", ");
    throw new Error(`cannot give one port to ${dump.listeners.length} listeners: ${names}`);
  }
  const admin = options.adminPort === undefined ? {} : { admin: { address: loopback(options.adminPort) } };
  return {
    node: { id: "parity", cluster: "parity" },
    ...admin,
    layeredRuntime: dump.runtime,
    overloadManager: dump.overloadManager,
    staticResources: {
      listeners: [staticListener(listener, dump.routes, options.port)],
      clusters: [
        ...dump.clusters.map((cluster) => staticCluster(cluster, dump.endpoints, options.endpointAt)),
        limitCluster(options.limitPort ?? NOBODY),
      ],
    },
  };
}

/** A port at which nobody listens. */
const NOBODY = 1;

/** The translator names the cluster of the rate limit service, and leaves it to the control plane. */
function limitCluster(port: number): Cluster {
  const name = "ratelimit_cluster";
  const http2 = { explicitHttpConfig: { http2ProtocolOptions: {} } };
  return {
    name,
    type: "STATIC",
    connectTimeout: "1s",
    typedExtensionProtocolOptions: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        ...http2,
      },
    },
    loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints: [{ endpoint: { address: loopback(port) } }] }] },
  };
}

function loopback(portValue: number): SocketAddress {
  return { socketAddress: { address: "127.0.0.1", portValue } };
}

function staticListener(listener: XdsListener, routes: XdsDump["routes"], port: number): XdsListener {
  const inline = (chain: FilterChain): FilterChain => ({
    ...chain,
    filters: chain.filters.map((filter) => ({ ...filter, typedConfig: inlineRoutes(filter.typedConfig, routes) })),
  });
  const { filterChains, defaultFilterChain } = listener;
  return {
    ...listener,
    address: loopback(port),
    ...(filterChains && { filterChains: filterChains.map(inline) }),
    ...(defaultFilterChain && { defaultFilterChain: inline(defaultFilterChain) }),
  };
}

/** Access logs that go over gRPC have nobody to listen to them. */
function inlineRoutes(manager: ConnectionManager, routes: XdsDump["routes"]): ConnectionManager {
  // Other filters of a connection, such as its limit, stay as they are.
  if (manager.httpFilters === undefined) return manager;
  const { rds, accessLog = [], ...rest } = manager;
  const files = accessLog.filter(({ name }) => name === "envoy.access_loggers.file");
  const httpFilters = manager.httpFilters.map(patient);
  if (rds === undefined) return { ...rest, httpFilters, accessLog: files };
  const routeConfig = routes.find(({ name }) => name === rds.routeConfigName);
  if (routeConfig === undefined) throw new Error(`no routes named \`${rds.routeConfigName}\` in the dump`);
  return { ...rest, httpFilters, accessLog: files, routeConfig };
}

/** A question about a limit may take as long as EnvoyGateway's `rateLimit.timeout` says, of which the translator knows nothing. */
function patient(filter: ConnectionManager["httpFilters"][number]): typeof filter {
  if (filter.name !== "envoy.filters.http.ratelimit") return filter;
  return { ...filter, typedConfig: { ...filter.typedConfig, timeout: "2s" } };
}

function staticCluster(
  cluster: Cluster,
  assignments: XdsDump["endpoints"],
  endpointAt: BootstrapOptions["endpointAt"] = (declared) => declared,
): Cluster {
  const { edsClusterConfig, ...rest } = cluster;
  if (edsClusterConfig === undefined) return cluster;
  const service = edsClusterConfig.serviceName ?? cluster.name;
  const assignment = assignments.find(({ clusterName }) => clusterName === service);
  if (assignment === undefined) throw new Error(`no endpoints named \`${service}\` in the dump`);
  const moved = (found: LbEndpoint): LbEndpoint => {
    const { address, portValue } = found.endpoint.address.socketAddress;
    const target = endpointAt({ address, port: portValue });
    const socketAddress = { address: target.address, portValue: target.port };
    return { ...found, endpoint: { ...found.endpoint, address: { socketAddress } } };
  };
  const endpoints = (assignment.endpoints ?? []).map(({ lbEndpoints = [], ...locality }) => ({
    ...locality,
    lbEndpoints: lbEndpoints.map(moved),
  }));
  return { ...rest, type: "STATIC", loadAssignment: { ...assignment, endpoints } };
}
