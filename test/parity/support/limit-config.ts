/**
 * What Envoy Gateway would tell its rate limit service: the limits of the manifests under the keys by which the
 * translated routes ask. The translator says of limits only the keys.
 */
import type { RouteConfiguration, XdsDump } from "./bootstrap.ts";
import type { Manifest } from "./translate.ts";

/** A node of the service's configuration: a key, with a value or for each value that comes. */
export interface Descriptor {
  readonly key: string;
  readonly value?: string;
  readonly rate_limit?: { readonly unit: string; readonly requests_per_unit: number };
  readonly descriptors?: Descriptor[];
}

/** One file of the service's configuration. */
export interface LimitConfig {
  readonly domain: string;
  readonly descriptors: Descriptor[];
}

type Route = RouteConfiguration["virtualHosts"][number]["routes"][number];

/** What a route asks the service, envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute. */
interface Asked {
  readonly domain: string;
  readonly rateLimits: ReadonlyArray<{ readonly actions: ReadonlyArray<Readonly<Record<string, Keyed>>> }>;
}

interface Keyed {
  readonly descriptorKey: string;
  readonly descriptorValue: string;
}

interface Rule {
  readonly limit: { readonly requests: number; readonly unit: string };
}

const FILTER = "envoy.filters.http.ratelimit";

/** The configuration, one for each domain; throws for a route whose limits no policy has. */
export function limitConfigs(xds: XdsDump, manifests: readonly Manifest[]): LimitConfig[] {
  const routes = xds.routes.flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes));
  const asking = routes.flatMap((route) => {
    const asked = askedBy(route);
    return asked === undefined ? [] : [{ name: route.name, asked }];
  });
  const byDomain = Map.groupBy(asking, ({ asked }) => asked.domain);
  return Array.from(byDomain, ([domain, all]) => ({
    domain,
    descriptors: all.map(({ name, asked }) => routeDescriptor(name, asked, rulesOf(name, manifests))),
  }));
}

function askedBy({ typedPerFilterConfig }: Route): Asked | undefined {
  return (typedPerFilterConfig as Readonly<Record<string, Asked>> | undefined)?.[FILTER];
}

/** The limits of the policy for a route's rule, by the route's name: `httproute/NAMESPACE/NAME/rule/INDEX/...`. */
function rulesOf(route: string, manifests: readonly Manifest[]): readonly Rule[] {
  const [, , name, , index] = route.split("/");
  const written = manifests.find(({ kind, metadata }) => kind === "HTTPRoute" && metadata.name === name);
  const { rules = [] } = (written?.spec ?? {}) as { readonly rules?: ReadonlyArray<{ readonly name: string }> };
  const section = rules[Number(index)]?.name;
  const found = manifests
    .filter(({ kind }) => kind === "BackendTrafficPolicy")
    .map(({ spec }) => spec as Policy)
    .find(({ targetRefs }) => targetRefs.some((ref) => ref.name === name && ref.sectionName === section));
  if (found?.rateLimit?.global === undefined) throw new Error(`no policy has the limits that \`${route}\` asks for`);
  return found.rateLimit.global.rules;
}

interface Policy {
  readonly targetRefs: ReadonlyArray<{ readonly name: string; readonly sectionName?: string }>;
  readonly rateLimit?: { readonly global?: { readonly rules: readonly Rule[] } };
}

/** The first key of each limit is the route itself; what follows says whose count it is. */
function routeDescriptor(route: string, { rateLimits }: Asked, rules: readonly Rule[]): Descriptor {
  if (rateLimits.length !== rules.length) {
    throw new Error(`\`${route}\` asks for ${rateLimits.length} limits instead of ${rules.length}`);
  }
  const descriptors = rateLimits.map(({ actions }, i) => chain(actions.slice(1).map(keyed), rules[i]!));
  return { key: route, value: route, descriptors };
}

function keyed(action: Readonly<Record<string, Keyed>>): Keyed {
  return Object.values(action)[0]!;
}

/** Keys inside one another; the last has the limit. A value that Envoy fills in stands for each one. */
function chain([first, ...rest]: readonly Keyed[], rule: Rule): Descriptor {
  const { descriptorKey: key, descriptorValue } = first!;
  const value = descriptorValue.startsWith("%") ? {} : { value: descriptorValue };
  if (rest.length > 0) return { key, ...value, descriptors: [chain(rest, rule)] };
  const { requests, unit } = rule.limit;
  return { key, ...value, rate_limit: { unit: unit.toLowerCase(), requests_per_unit: requests } };
}
