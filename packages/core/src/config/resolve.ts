import { PRIORITIES } from '../contract/context.js';
import type { ResolvedBulk } from '../policies/answers/bulk-options.js';
import { CACHE_DEFAULTS, type ResolvedCache } from '../policies/answers/options.js';
import { BREAKER_DEFAULTS, type BreakerOptions } from '../policies/breaker/options.js';
import { DEADLINE_DEFAULTS, type DeadlineOptions } from '../policies/deadline/options.js';
import {
  type BulkheadOptions,
  GOVERNOR_DEFAULTS,
  type GovernorOptions,
  type PlacedQuota,
  resolveQuota,
} from '../policies/governor/options.js';
import { IDEMPOTENCY_DEFAULTS, type IdempotencyOptions } from '../policies/idempotency/options.js';
import { type ResolvedRetry, RETRY_DEFAULTS } from '../policies/retry/options.js';
import { type Endpoint, parseEndpoint } from './endpoint.js';
import type { EndpointPolicies, HoldlineConfig } from './types.js';

/**
 * The endpoint patterns of a checked configuration.
 * @internal
 */
export function endpointsOf(config: HoldlineConfig): [Endpoint, EndpointPolicies][] {
  return Object.entries(config.endpoints ?? {}).map(([pattern, policies]) => [
    parseEndpoint(pattern, 'endpoints'),
    policies,
  ]);
}

/** The cache of an endpoint. All routes of the endpoint share its entries. */
export type EndpointCache = ResolvedCache & { readonly endpoint: Endpoint };

/** The resolved policies of a route. Options of its endpoints have precedence over those of the line, and these over the defaults. */
export interface RoutePolicies {
  governor: (Required<GovernorOptions> & { endpointQuotas: readonly PlacedQuota[]; apart: boolean }) | false;
  retry: ResolvedRetry | false;
  breaker: Required<BreakerOptions> | false;
  idempotency: Required<IdempotencyOptions> | false;
  deadline: Required<DeadlineOptions>;
  bulkhead: BulkheadOptions | false;
  cache: EndpointCache | false;
  coalesce: boolean;
  bulk: ResolvedBulk | false;
  readOnly: boolean;
  keyed: boolean;
  priority: number;
  weight: number;
}

/** An endpoint pattern that matches a request, with its policies. */
export interface EndpointMatch {
  readonly endpoint: Endpoint;
  readonly policies: EndpointPolicies;
}

function resolveEndpointQuotas(match: EndpointMatch | undefined): PlacedQuota[] {
  const { endpoint, policies } = match ?? {};
  const quotas = (policies?.governor || undefined)?.quotas ?? [];
  return quotas.map((quota) => {
    if (quota.key === undefined) return { scope: 'route', ...quota };
    const { segments } = endpoint as Endpoint;
    const segment = segments.indexOf(`:${quota.key}`);
    return { ...quota, segment, entity: `/${segments.slice(0, segment + 1).join('/')}` };
  });
}

/** Options of the line that do not hold for endpoints with `apart`. */
const APART = { quotas: [], ratePerSec: Infinity, rampUpMs: 0 } as const satisfies Partial<GovernorOptions>;

type Layered = 'retry' | 'breaker' | 'idempotency' | 'deadline' | 'cache';

/**
 * Resolves the policies of a route.
 *
 * @param matches - The matching endpoint patterns, most specific first.
 */
export function resolvePolicies(config: HoldlineConfig, matches: readonly EndpointMatch[]): RoutePolicies {
  const matching = (key: keyof EndpointPolicies): EndpointMatch | undefined =>
    matches.find(({ policies }) => policies[key] !== undefined);
  const mostSpecific = <K extends keyof EndpointPolicies>(key: K): EndpointPolicies[K] | undefined =>
    matching(key)?.policies[key];
  const layer = <T extends object>(key: Layered, defaults: T): T | false => {
    const own = mostSpecific(key);
    const line = config[key];
    if (own === false || (own === undefined && line === false)) return false;
    return { ...defaults, ...(line as object | undefined), ...(own as object | undefined) };
  };
  const cached = matching('cache');
  const cache = cached !== undefined && layer('cache', CACHE_DEFAULTS as ResolvedCache);
  const bulk = matching('bulk');
  const governor = mostSpecific('governor');
  const bulkhead = mostSpecific('bulkhead');
  const deadline = layer('deadline', DEADLINE_DEFAULTS) as Required<DeadlineOptions>;
  return {
    governor:
      governor === false || config.governor === false
        ? false
        : {
            ...GOVERNOR_DEFAULTS,
            ...config.governor,
            ...(governor?.apart && APART),
            endpointQuotas: resolveEndpointQuotas(matching('governor')),
            apart: governor?.apart ?? false,
          },
    retry: layer('retry', RETRY_DEFAULTS as ResolvedRetry),
    breaker: layer('breaker', BREAKER_DEFAULTS as Required<BreakerOptions>),
    idempotency: layer('idempotency', IDEMPOTENCY_DEFAULTS),
    deadline,
    bulkhead: bulkhead ? { scope: 'route', ...bulkhead } : (bulkhead ?? config.bulkhead ?? false),
    cache: cache && { ...cache, endpoint: (cached as EndpointMatch).endpoint },
    coalesce: mostSpecific('coalesce') ?? config.coalesce ?? cache !== false,
    bulk: bulk?.policies.bulk ? { ...bulk.policies.bulk, endpoint: bulk.endpoint } : false,
    readOnly: mostSpecific('readOnly') ?? false,
    keyed: mostSpecific('keyed') ?? false,
    priority: PRIORITIES.indexOf(mostSpecific('priority') ?? 'normal'),
    weight: mostSpecific('weight') ?? 1,
  };
}

/**
 * The quotas of a request, as its line counts them.
 *
 * @param match - The most specific endpoint with a governor, and its policies; undefined if no endpoint of the request has one.
 * @internal
 */
export function quotasOf(
  config: HoldlineConfig,
  match: readonly [Endpoint, EndpointPolicies] | undefined,
): { readonly line: readonly PlacedQuota[]; readonly endpoint: readonly PlacedQuota[] } {
  const { governor } = resolvePolicies(config, match ? [{ endpoint: match[0], policies: match[1] }] : []);
  if (governor === false) return { line: [], endpoint: [] };
  const resolve = (quota: PlacedQuota): PlacedQuota => resolveQuota(quota, governor);
  return { line: governor.quotas.map(resolve), endpoint: governor.endpointQuotas.map(resolve) };
}
