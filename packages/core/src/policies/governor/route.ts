import type { BulkheadOptions, GovernorOptions, PlacedQuota, Quota } from './options.js';

/** What the governor needs to know of a route, worked out once. */
export interface GovernedRoute {
  readonly options: Required<GovernorOptions>;
  readonly rootQuotas: readonly Quota[];
  readonly routeQuotas: readonly Quota[];
  readonly otherQuotas: readonly PlacedQuota[];
  readonly bulkhead: BulkheadOptions | undefined;
  /** Whether its attempts go in a partition of their own. */
  readonly apart: boolean;
  /** Updates of the line before it was made. */
  readonly generation: number;
  /** A closed gate that stays closed for longer than this fails the call at once, in ms. */
  readonly maxGateWaitMs: number;
  /** How long a call can wait after a refusal before its retries end, in ms; 0 where it is not retried. */
  readonly refusalToleranceMs: number;
}

/** The quotas of one kind of scope. */
export function named(quotas: readonly PlacedQuota[], scope: 'credential' | 'route' | 'other'): PlacedQuota[] {
  return quotas.filter(({ scope: by = 'credential', segment }) => {
    const own = segment === undefined && (by === 'credential' || by === 'route');
    return scope === 'other' ? !own : own && by === scope;
  });
}
