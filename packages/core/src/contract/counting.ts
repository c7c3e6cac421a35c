import { oneOf } from './check.js';

/** How a platform counts: fixed windows, any window, or a token bucket. */
export type Counting = 'fixed' | 'sliding' | 'bucket';

/** How a platform is told to count; `auto`: found out. */
export type Enforcement = 'auto' | Counting;

export const COUNTINGS = ['fixed', 'sliding', 'bucket'] as const satisfies readonly Counting[];

/** Checks a {@link Counting}. */
export const checkCounting = oneOf(...COUNTINGS);

/** Checks an {@link Enforcement}. */
export const checkEnforcement = oneOf('auto', ...COUNTINGS);

/** A moment known by its bounds, monotonic ms. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** An attempt as a quota sees it. */
export interface Attempt {
  readonly weight: number;
  readonly order: number;
  /** Monotonic ms. */
  readonly sentAt: number;
}

/** What a 429 said about when to come back. */
export interface Refusal {
  /** Monotonic ms before which the platform wants none. */
  readonly until: number;
  /** The platform may mean up to this much earlier, in ms: it rounds. Infinity where it said nothing. */
  readonly roundedMs: number;
}
