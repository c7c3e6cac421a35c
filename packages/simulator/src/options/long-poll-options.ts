/**
 * Options of get-next-event. CXone only.
 * @public
 */
export interface LongPollOptions {
  /**
   * Status of a poll that ends without events: 304 or 204 without a body, 200 with an empty list of events.
   *
   * @defaultValue 304
   */
  empty?: 200 | 204 | 304;
  /**
   * Longest wait of a poll, also when the client asks for more, ms.
   *
   * @defaultValue 60_000
   */
  maxWaitMs?: number;
}

export const LONG_POLL_DEFAULTS: Required<LongPollOptions> = { empty: 304, maxWaitMs: 60_000 };
