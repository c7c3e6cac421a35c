import { PRIORITIES } from '../contract/context.js';
import { BREAKER_DEFAULTS, type BreakerOptions } from '../policies/breaker/options.js';
import { DEADLINE_DEFAULTS, type DeadlineOptions } from '../policies/deadline/options.js';
import {
  type BulkheadOptions,
  GOVERNOR_DEFAULTS,
  type GovernorOptions,
  type PlacedQuota,
} from '../policies/governor/options.js';
import { IDEMPOTENCY_DEFAULTS, type IdempotencyOptions } from '../policies/idempotency/options.js';
import { type ResolvedRetry, RETRY_DEFAULTS } from '../policies/retry/options.js';
import { type Endpoint, parseEndpoint } from './endpoint.js';
import type { EndpointPolicies, HoldlineConfig } from './types.js';

/** The endpoint patterns of a checked configuration. */
export function endpointsOf(config: HoldlineConfig): [Endpoint, EndpointPolicies][] {
  return Object.entries(config.endpoints ?? {}).map(([pattern, policies]) => [
    parseEndpoint(pattern, 'endpoints'),
    policies,
  ]);
}

/** All policies of a route, resolved: what its endpoints say over what the line says over the defaults. */
export interface RoutePolicies {
  governor: (Required<GovernorOptions> & { endpointQuotas: readonly PlacedQuota[]; apart: boolean }) | false;
  retry: ResolvedRetry | false;
  breaker: Required<BreakerOptions> | false;
  idempotency: Required<IdempotencyOptions> | false;
  deadline: Required<DeadlineOptions>;
  bulkhead: BulkheadOptions | false;
  readOnly: boolean;
  keyed: boolean;
  priority: number;
  weight: number;
}

/** An endpoint that fits a request, with its policies. */
export interface EndpointMatch {
  readonly endpoint: Endpoint;
  readonly policies: EndpointPolicies;
}

function quotasOf(match: EndpointMatch | undefined): PlacedQuota[] {
  const { endpoint, policies } = match ?? {};
  const quotas = (policies?.governor || undefined)?.quotas ?? [];
  return quotas.map((quota) => {
    if (quota.key === undefined) return { scope: 'route', ...quota };
    const { segments } = endpoint as Endpoint;
    const segment = segments.indexOf(`:${quota.key}`);
    return { ...quota, segment, entity: `/${segments.slice(0, segment + 1).join('/')}` };
  });
}

/** What the line says of all its attempts does not hold for those that go apart. */
const APART = { quotas: [], ratePerSec: Infinity, rampUpMs: 0 } as const satisfies Partial<GovernorOptions>;

type Layered = 'retry' | 'breaker' | 'idempotency' | 'deadline';

/** @param matches The endpoints that fit, most specific first. */
export function resolvePolicies(config: HoldlineConfig, matches: readonly EndpointMatch[]): RoutePolicies {
  const matching = (key: keyof EndpointPolicies): EndpointMatch | undefined =>
    matches.find(({ policies }) => policies[key] !== undefined);
  const most = <K extends keyof EndpointPolicies>(key: K): EndpointPolicies[K] | undefined =>
    matching(key)?.policies[key];
  const layered = <T extends object>(key: Layered, defaults: T): T | false => {
    const own = most(key);
    const line = config[key];
    if (own === false || (own === undefined && line === false)) return false;
    return { ...defaults, ...(line as object | undefined), ...(own as object | undefined) };
  };
  const governor = most('governor');
  const bulkhead = most('bulkhead');
  const deadline = layered('deadline', DEADLINE_DEFAULTS) as Required<DeadlineOptions>;
  return {
    governor:
      governor === false || config.governor === false
        ? false
        : {
            ...GOVERNOR_DEFAULTS,
            ...config.governor,
            ...(governor?.apart && APART),
            endpointQuotas: quotasOf(matching('governor')),
            apart: governor?.apart ?? false,
          },
    retry: layered('retry', RETRY_DEFAULTS as ResolvedRetry),
    breaker: layered('breaker', BREAKER_DEFAULTS as Required<BreakerOptions>),
    idempotency: layered('idempotency', IDEMPOTENCY_DEFAULTS),
    deadline,
    bulkhead: bulkhead ? { scope: 'route', ...bulkhead } : (bulkhead ?? config.bulkhead ?? false),
    readOnly: most('readOnly') ?? false,
    keyed: most('keyed') ?? false,
    priority: PRIORITIES.indexOf(most('priority') ?? 'normal'),
    weight: most('weight') ?? 1,
  };
}
