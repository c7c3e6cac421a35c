import type { BulkheadOptions, GovernorOptions, PlacedQuota, Quota } from './options.js';

/** What the governor needs of a route, computed once per route. */
export interface GovernedRoute {
  readonly options: Required<GovernorOptions>;
  /** Quotas counted by credential. */
  readonly rootQuotas: readonly Quota[];
  /** Quotas counted by route. */
  readonly routeQuotas: readonly Quota[];
  /** Quotas counted by tenant, host, path parameter or function. */
  readonly otherQuotas: readonly PlacedQuota[];
  readonly bulkhead: BulkheadOptions | undefined;
  /** Whether the route has its own partition per credential. */
  readonly apart: boolean;
  /** Number of updates of the line before this route was resolved. */
  readonly generation: number;
  /** Longest wait for a closed gate, in ms. A call that would wait longer fails at once. */
  readonly maxGateWaitMs: number;
  /** How long a call can wait after a refusal before its retries end, in ms; 0 without retries. */
  readonly refusalToleranceMs: number;
}

/** Selects the quotas that are counted by credential, by route, or by anything else. */
export function selectQuotas(quotas: readonly PlacedQuota[], scope: 'credential' | 'route' | 'other'): PlacedQuota[] {
  return quotas.filter(({ scope: by = 'credential', segment }) => {
    const isOther = segment !== undefined || (by !== 'credential' && by !== 'route');
    return scope === (isOther ? 'other' : by);
  });
}
