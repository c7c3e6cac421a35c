import type { Counting } from '../../../contract/counting.js';
import type { QuotaLease } from '../../../contract/leases.js';
import type { AdaptiveQuota } from '../learning/adaptive-quota.js';
import type { Evidence, LearnedLimit } from '../learning/types.js';

/** What was learned in a scope, as plain data. */
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
  const used = adaptive.used(now);
  return {
    name,
    given,
    limit: finite(Math.round(limit)),
    windowMs,
    used,
    counts,
    evidence: { ...evidence },
  };
}

/** What was learned of a quota, as plain data. */
export interface Learning extends LearnedLimit {
  /** Name of the quota, if it has one. */
  name: string | undefined;
  /** The limit that was given. */
  given: number | 'discover';
}

/** A quota as plain data. */
export interface QuotaSnapshot {
  name: string | undefined;
  /** The limit that was given. */
  given: number | 'discover';
  /** The limit in force: lower than the given one while somebody else uses it up; undefined until it is discovered. */
  limit: number | undefined;
  windowMs: number;
  /** Permits in use, attempts on the wire included. */
  used: number;
  /** How the platform counts it, as far as known. */
  counts: Counting | undefined;
  /** What that is believed for. */
  evidence: Evidence;
  /**
   * Where it is shared through the store: with how many processes, which limit holds for all of them, how the platform counts as
   * far as they know, and whether the store is lost.
   */
  fleet?: { processes: number; limit: number | undefined; counts: Counting | undefined; isLost: boolean };
}

/** A scope as plain data. */
export interface ScopeSnapshot {
  scope: string;
  /** Attempts on the wire. */
  inFlight: number;
  gate: 'open' | 'closed' | 'probing';
  /** Wall ms until which the gate is closed. */
  retryAt: number | undefined;
  quotas: QuotaSnapshot[];
  /** The limit learned from refusals, where none was given. */
  learned: QuotaSnapshot | undefined;
}
