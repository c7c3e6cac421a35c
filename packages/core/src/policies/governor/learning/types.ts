import type { Counting, Enforcement, Refusal } from '../../../contract/counting.js';

/** Result of an attempt for one quota. `unknown`: the answer says nothing about this quota. */
export type AttemptResult = 'accepted' | 'unknown' | Refusal;

/** Configured numbers of a quota. */
export interface QuotaTerms {
  /** Permits per window; Infinity where the limit is to be discovered. */
  limit: number;
  windowMs: number;
  enforcement: Enforcement;
  /** Capacity of a token bucket of the platform, where the capacity is not the limit. */
  burst?: number | undefined;
}

/** How the platform counts one quota. All scopes of the quota share the finding. */
export interface SharedCounting {
  counts: Counting | undefined;
}

/**
 * A learned limit. A later start can restore it.
 * @public
 */
export interface LearnedLimit {
  limit: number;
  windowMs: number;
  /** How the platform counts, as far as known. */
  counts: Counting | undefined;
}

/**
 * Evidence for the estimate of a limit.
 * @public
 */
export interface Evidence {
  /** Refusals that were attributed to this limit. */
  refusals: number;
  /** Attempts sent beyond the estimated limit. */
  trials: number;
  /** Trials that the platform accepted. */
  trialsPassed: number;
}
