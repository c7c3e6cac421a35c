/**
 * Reverses the effect of the function that returned it. A second call does nothing.
 * @public
 */
export type Undo = () => void;

/**
 * The only source of time for every policy.
 *
 * `now` is monotonic and never jumps. `wall` is calendar time and may jump. Durations and timers use `now`; dates that a
 * platform or a user sees use `wall`.
 * @public
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Runs `fn` once, `ms` milliseconds from now; `ms` may have any size. Keeps the process alive until then. */
  setTimer(ms: number, fn: () => void): Undo;
  /** As `setTimer`, but does not keep the process alive. Without this method, `setTimer` is used. */
  setBackgroundTimer?(ms: number, fn: () => void): Undo;
}

/**
 * The only source of random numbers for every policy.
 * @public
 */
export interface Random {
  /** A number in `[0, 1)`. */
  next(): number;
}
