import { oneOf } from './check.js';

/**
 * How a platform counts: in fixed windows, in any window (`sliding`), or as a token bucket.
 * @public
 */
export type Counting = 'fixed' | 'sliding' | 'bucket';

/**
 * Configured counting of a platform; `auto`: the governor finds it out.
 * @public
 */
export type Enforcement = 'auto' | Counting;

export const COUNTINGS = ['fixed', 'sliding', 'bucket'] as const satisfies readonly Counting[];

/** Checks a {@link Counting}. */
export const checkCounting = oneOf(...COUNTINGS);

/** Checks an {@link Enforcement}. */
export const checkEnforcement = oneOf('auto', ...COUNTINGS);

/**
 * A moment known within bounds, monotonic ms.
 * @public
 */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * An attempt, as a quota counts it.
 * @internal
 */
export interface Attempt {
  readonly weight: number;
  readonly order: number;
  /** Monotonic ms. */
  readonly sentAt: number;
}

/**
 * Wait that a 429 names.
 * @internal
 */
export interface Refusal {
  /** Monotonic ms before which the platform refuses attempts. */
  readonly until: number;
  /** Rounding of the wait: the platform may accept attempts up to this much earlier, ms. Infinity where the 429 names no wait. */
  readonly roundedMs: number;
}

/**
 * Behaviour while the store is lost: each process uses its `share` of the limit (`share`), calls are refused (`refuse`), or each
 * process uses the whole limit (`open`).
 * @public
 */
export type OnLoss = 'share' | 'refuse' | 'open';
