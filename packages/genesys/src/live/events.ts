/**
 * Events of live values.
 * @public
 */
export interface LiveEvents {
  /** The platform refused a topic, for example because it belongs to another user. The value is read at an interval instead. */
  topicRefused: { topic: string; error: unknown };
  /** A subscription failed. The next attempt follows after `retryInMs`, plus up to as much jitter. Until then the values are read. */
  subscribeFailed: { error: unknown; retryInMs: number };
  /** A read failed after the retries of the line. It is repeated after `retryInMs`. */
  readFailed: { resources: number; error: unknown; retryInMs: number };
  /** All values are closed. */
  closed: Record<string, never>;
}

/** Names of the events. */
export const LIVE_EVENTS: Readonly<Record<keyof LiveEvents, true>> = {
  topicRefused: true,
  subscribeFailed: true,
  readFailed: true,
  closed: true,
};
