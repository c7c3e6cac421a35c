import { number, shape } from '../../contract/check.js';

/** Options of the deadline. */
export interface DeadlineOptions {
  /**
   * Budget for the whole call in ms: waiting, all attempts, refreshes, and with fetch the body of the answer. A call that cannot be
   * sent in time is refused when it is enqueued.
   * @defaultValue Infinity (the client's own timeout bounds each attempt)
   */
  totalTimeoutMs?: number;
  /**
   * Time in ms that one attempt may take until its answer begins; with axios, until its answer is whole, unless it is a stream. An
   * attempt that takes longer is ended, and its outcome is unknown: a read is sent again, a write ends in an `OutcomeUnknownError`.
   * Where the client has a timeout of its own, the shorter one counts.
   * @defaultValue Infinity (the client's own timeout: 16 s in the Genesys SDK, 300 s until the head in undici, none in axios)
   */
  attemptTimeoutMs?: number;
}

/** Checks {@link DeadlineOptions}. */
export const checkDeadline = shape<DeadlineOptions>({
  totalTimeoutMs: number({ above: 0, infinite: true }),
  attemptTimeoutMs: number({ above: 0, infinite: true }),
});

/** Options in force where the user gave none. */
export const DEADLINE_DEFAULTS: Required<DeadlineOptions> = { totalTimeoutMs: Infinity, attemptTimeoutMs: Infinity };
