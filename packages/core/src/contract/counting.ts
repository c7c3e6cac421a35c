/** How a platform is told to count; `auto`: found out. */
export type Enforcement = 'auto' | Counting;

/** How a platform counts: fixed windows, any window, or a token bucket. */
export type Counting = 'fixed' | 'sliding' | 'bucket';

/** A moment known by its bounds, monotonic ms. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}
