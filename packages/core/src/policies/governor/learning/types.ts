import type { Counting, Enforcement, Refusal } from '../../../contract/counting.js';

/** What became of an attempt here: accepted, refused, or nothing that says anything of this quota. */
export type Ended = 'accepted' | 'unknown' | Refusal;

/** What is known of a quota. */
export interface QuotaTerms {
  /** Infinity: to be found out. */
  limit: number;
  windowMs: number;
  enforcement: Enforcement;
  /** Of a bucket on the platform's side. */
  burst?: number | undefined;
}

/** What the scopes of one quota share: a platform counts them all in one way. */
export interface SharedCounting {
  counts: Counting | undefined;
}

/** A limit that was learned, to hand to the next start. */
export interface LearnedLimit {
  limit: number;
  windowMs: number;
  /** How the platform counts it, as far as its answers told. */
  counts: Counting | undefined;
}

/** What is believed of a platform's limit, and why. */
export interface Evidence {
  /** Refusals that were about this limit. */
  refusals: number;
  /** Attempts sent beyond what was believed, to find out. */
  trials: number;
  /** How many of them passed. */
  trialsPassed: number;
}
