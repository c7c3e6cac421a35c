import type { Counting } from '../../../contract/counting.js';
import type { QuotaLease } from '../../../contract/leases.js';
import type { AdaptiveQuota } from '../learning/adaptive-quota.js';
import type { Evidence, LearnedLimit } from '../learning/types.js';

/**
 * Learned limits of a scope, as plain data.
 * @public
 */
export interface ScopeLearnings {
  scope: string;
  quotas: Learning[];
}

export function fleetSnapshotOf({
  processes,
  isLost,
  sharedEstimate: estimate,
}: QuotaLease): NonNullable<QuotaSnapshot['fleet']> {
  return { processes, limit: finite(estimate.limit), counts: estimate.counts, isLost };
}

function finite(limit: number): number | undefined {
  return limit < Infinity ? limit : undefined;
}

export function snapshotOf(
  adaptive: AdaptiveQuota,
  name: string | undefined,
  given: number | 'discover',
  now: number,
): QuotaSnapshot {
  const { limit, windowMs, counts, evidence } = adaptive;
  return {
    name,
    given,
    limit: finite(Math.round(limit)),
    windowMs,
    used: adaptive.used(now),
    counts,
    evidence: { ...evidence },
  };
}

/**
 * A learned limit of a quota, as plain data.
 * @public
 */
export interface Learning extends LearnedLimit {
  /** Name of the quota, if configured. */
  name: string | undefined;
  /** The configured limit. */
  given: number | 'discover';
}

/**
 * A quota as plain data.
 * @public
 */
export interface QuotaSnapshot {
  name: string | undefined;
  /** The configured limit. */
  given: number | 'discover';
  /** Limit in force: lower than the given limit while other clients use it up; undefined until discovered. */
  limit: number | undefined;
  windowMs: number;
  /** Permits in use, including attempts on the wire. */
  used: number;
  /** How the platform counts, as far as known. */
  counts: Counting | undefined;
  /** Evidence for the limit and the counting. */
  evidence: Evidence;
  /**
   * Present where the quota is shared through the store: number of processes, shared limit, how the platform counts, and whether
   * the store is lost.
   */
  fleet?: { processes: number; limit: number | undefined; counts: Counting | undefined; isLost: boolean };
}

/**
 * What the limits of a scope are counted by.
 * @public
 */
export type ScopeKind = 'credential' | 'route' | 'tenant' | 'host' | 'bulkhead' | 'custom';

/**
 * A scope as plain data.
 * @public
 */
export interface ScopeSnapshot {
  scope: string;
  /** What the limits of the scope are counted by. `custom`: by a function of the configuration, or by an entity of an endpoint. */
  kind: ScopeKind;
  /** The value that the scope is counted by: a route, tenant, host or key. For a credential, its name without a secret. */
  key: string;
  /** Attempts on the wire. */
  inFlight: number;
  /** Calls that wait and need a permit of the scope. */
  waiting: number;
  gate: 'open' | 'closed' | 'probing';
  /** Wall-clock ms until which the gate is closed. */
  retryAt: number | undefined;
  quotas: QuotaSnapshot[];
  /** The limit learned from refusals, where no quota is configured. */
  learned: QuotaSnapshot | undefined;
}
