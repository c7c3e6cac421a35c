import { positiveOrInfinite, shape } from '../../contract/check.js';

/**
 * Options of the deadline.
 * @public
 */
export interface DeadlineOptions {
  /**
   * Time budget of the whole call in ms: waits, all attempts, token refreshes, and with fetch the body of the answer. A call that
   * cannot be sent in time is refused when it enters the queue. A write that may be executed when its budget ends rejects with an
   * `OutcomeUnknownError`, unless it can be sent again.
   * @defaultValue Infinity (the client's own timeout limits each attempt)
   */
  totalTimeoutMs?: number;
  /**
   * Time limit in ms of one attempt until its answer begins; with axios until its answer is complete, unless it is a stream. The
   * outcome of an attempt that takes longer is unknown: a read is sent again, a write ends in an `OutcomeUnknownError`. If the client
   * has its own timeout, the shorter one applies.
   * @defaultValue Infinity (the client's own timeout: 16 s in the Genesys SDK, 300 s until the head in undici, none in axios)
   */
  attemptTimeoutMs?: number;
}

/** Checks {@link DeadlineOptions}. */
export const checkDeadline = shape<DeadlineOptions>({
  totalTimeoutMs: positiveOrInfinite,
  attemptTimeoutMs: positiveOrInfinite,
});

/** Default options of the deadline. */
export const DEADLINE_DEFAULTS: Required<DeadlineOptions> = { totalTimeoutMs: Infinity, attemptTimeoutMs: Infinity };
