/** Undoes what the call that returned it did. Calling it twice does nothing the second time. */
export type Undo = () => void;

/**
 * The only source of time for every policy.
 *
 * `now` is monotonic and never jumps; `wall` is the calendar and may. Durations and timers use `now`, dates that a
 * platform or a user sees use `wall`.
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
  /** Runs `fn` once, `ms` milliseconds from now, however large `ms` is. Keeps the process alive until then. */
  setTimer(ms: number, fn: () => void): Undo;
  /** The same, but the process may end before. Left out: `setTimer` is used. */
  setBackgroundTimer?(ms: number, fn: () => void): Undo;
}

/** The only source of chance for every policy. */
export interface Random {
  /** A number in `[0, 1)`. */
  next(): number;
}
