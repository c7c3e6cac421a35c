import {
  checkWhole,
  endpointsOf,
  parseConfig,
  quotasOf,
  type Endpoint,
  type EndpointPolicies,
  type HoldlineConfig,
} from '@holdline/core';
import { noteConfig, noteTenants, noteWeights } from './notes.js';
import { type GatewayOptions, resolveOptions } from './options.js';
import { mayOverlap, sortBySpecificity } from './specificity.js';
import type { GatewayPlan, Route, RoutePattern, Zone } from './types.js';
import { type ZoneGroup, ZoneRegistry } from './zone-registry.js';

/**
 * Plans a gateway that keeps the quotas of a configuration for everyone behind it. The functions that write the files of a gateway start
 * from this plan; it is public for those who write the files of another gateway.
 *
 * A request spends the same quotas as in a line: those of the most specific endpoint pattern with a governor, and those of the line unless
 * that pattern is `apart` or has `governor: false`. What no gateway can keep is a sentence in `notes`.
 *
 * @param config - The configuration of a line, such as a preset.
 * @param options - What the gateway has to know besides.
 * @returns the plan, as plain data.
 * @throws ConfigError for a wrong configuration or option; the message names the key, the value and what is allowed.
 * @example
 * ```ts
 * import { planGateway } from '@holdline/gateway';
 *
 * const plan = planGateway(
 *   { governor: { quotas: [{ limit: 300, windowMs: 60_000 }] } },
 *   { platform: 'https://api.mypurecloud.com', refusals: 'genesys' },
 * );
 * console.log(plan.zones, plan.notes);
 * ```
 * @public
 */
export function planGateway(config: HoldlineConfig, options: GatewayOptions): GatewayPlan {
  const checked = checkWhole(parseConfig(config));
  const { sockets, addresses, ...resolved } = resolveOptions(options);
  const { caseInsensitive = false, anchor, stripPrefixes = [] } = checked.paths ?? {};
  const endpoints = sortBySpecificity(endpointsOf(checked));
  const registry = new ZoneRegistry();
  const common = addQuotas(registry, checked, undefined);
  const counted = endpoints
    .filter(([, policies]) => policies.governor !== undefined)
    .map((match) => ({ endpoint: match[0], groups: addQuotas(registry, checked, match) }));
  // The zones of a group are complete only now.
  const routes = counted.map(({ endpoint, groups }) => ({ ...endpoint, zones: idsOf(groups) }));
  const zones = registry.all;
  const patterns = endpoints.map(([endpoint]) => endpoint);
  return {
    zones,
    common: idsOf(common),
    routes,
    names: namingPatterns(patterns, zones, idsOf(common), routes, caseInsensitive),
    paths: { caseInsensitive, anchor, stripPrefixes: stripPrefixes.map(splitPath) },
    ...resolved,
    addresses: addresses && registry.reserve('addresses', 'address', addresses),
    sockets: sockets && {
      upstream: sockets.upstream,
      routes: sockets.routes,
      zone: sockets.upgrades && registry.reserve('upgrades', 'credential', sockets.upgrades),
      maxOpen: sockets.maxOpen,
    },
    notes: [
      ...noteConfig(checked),
      ...registry.notes,
      ...noteWeights(checked),
      ...noteTenants(zones, resolved.tenant !== undefined),
    ],
  };
}

/** Adds the quotas of requests whose most specific endpoint with a governor is `match`. Returns their groups. */
function addQuotas(
  registry: ZoneRegistry,
  config: HoldlineConfig,
  match: readonly [Endpoint, EndpointPolicies] | undefined,
): ZoneGroup[] {
  const quotas = quotasOf(config, match);
  const endpoint = match?.[0];
  return [
    ...quotas.line.map((quota, i) => registry.add(quota, `governor.quotas[${i}]`, undefined)),
    ...quotas.endpoint.map((quota, i) =>
      registry.add(quota, `endpoints['${endpoint?.pattern}'].governor.quotas[${i}]`, endpoint),
    ),
  ];
}

const idsOf = (groups: readonly ZoneGroup[]): string[] => [
  ...new Set(groups.flatMap(({ zones }) => zones.map(({ id }) => id))),
];

/** The patterns that decide the name of a request that a zone counts by route. */
function namingPatterns(
  patterns: readonly Endpoint[],
  zones: readonly Zone[],
  common: readonly string[],
  routes: readonly Route[],
  caseInsensitive: boolean,
): RoutePattern[] {
  const byRoute = new Set(zones.filter(({ key }) => key.by === 'route').map(({ id }) => id));
  const isByRoute = (ids: readonly string[]): boolean => ids.some((id) => byRoute.has(id));
  if (isByRoute(common)) return [...patterns];
  const fold = (text: string): string => (caseInsensitive ? text.toLowerCase() : text);
  const named = routes.filter(({ zones: ids }) => isByRoute(ids));
  return patterns.filter((pattern) => named.some((route) => mayOverlap(pattern, route, fold)));
}

function splitPath(path: string): string[] {
  const segments = path.split('/').slice(1);
  return segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}
