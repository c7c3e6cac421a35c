import { number, shape } from '../check.js';

/** Options of the deadline. */
export interface DeadlineOptions {
  /**
   * Budget for the whole call in ms: waiting, all attempts, refreshes. A call that cannot be sent in time is refused when it
   * is enqueued.
   * @defaultValue Infinity (the client's own timeout bounds each attempt)
   */
  totalTimeoutMs?: number;
}

/** Checks {@link DeadlineOptions}. */
export const checkDeadline = shape<DeadlineOptions>({ totalTimeoutMs: number({ above: 0, infinite: true }) });

/** Options in force where the user gave none. */
export const DEADLINE_DEFAULTS: Required<DeadlineOptions> = { totalTimeoutMs: Infinity };
