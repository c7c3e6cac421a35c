import type { Undo } from '@holdline/core';

/**
 * The presence of a user in Genesys Cloud, as far as reads and notifications both have it.
 * @public
 */
export interface LivePresence {
  readonly source?: string;
  readonly presenceDefinition?: { readonly id?: string; readonly systemPresence?: string };
  readonly message?: string;
  /** Date of the last change, in ISO 8601. */
  readonly modifiedDate?: string;
}

/**
 * The routing status of a user.
 * @public
 */
export interface LiveRoutingStatus {
  readonly userId?: string;
  /** For example `IDLE` or `INTERACTING`. */
  readonly status?: string;
  /** Date of the last change, in ISO 8601. */
  readonly startTime?: string;
}

/**
 * Whether a user is out of office.
 * @public
 */
export interface LiveOutOfOffice {
  readonly active?: boolean;
  readonly indefinite?: boolean;
  /** In ISO 8601. */
  readonly startDate?: string;
  /** In ISO 8601. */
  readonly endDate?: string;
}

/**
 * The stations of a user.
 * @public
 */
export interface LiveStations {
  readonly associatedStation?: LiveStation;
  readonly effectiveStation?: LiveStation;
  readonly defaultStation?: LiveStation;
  readonly lastAssociatedStation?: LiveStation;
}

/**
 * One station of a user.
 * @public
 */
export interface LiveStation {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly [field: string]: unknown;
}

/**
 * Number of conversations of one medium.
 * @public
 */
export interface LiveMediaSummary {
  readonly contactCenter?: { readonly active?: number; readonly acw?: number };
  readonly enterprise?: { readonly active?: number; readonly acw?: number };
}

/**
 * Number of conversations of a user by medium, such as `call` and `email`.
 * @public
 */
export type LiveConversationSummary = Readonly<Record<string, LiveMediaSummary>>;

/**
 * The observations of a queue for one medium, or for all media if the group has no `mediaType`.
 * @public
 */
export interface LiveObservation {
  readonly group: Readonly<Record<string, string>>;
  readonly data: readonly {
    /** For example `oWaiting`. */
    readonly metric?: string;
    readonly qualifier?: string;
    readonly stats?: Readonly<Record<string, number>>;
  }[];
}

/**
 * A member of a queue.
 * @public
 */
export interface LiveQueueMember {
  readonly id?: string;
  readonly name?: string;
  readonly joined?: boolean;
  readonly memberBy?: string;
  readonly ringNumber?: number;
  readonly [field: string]: unknown;
}

/**
 * A change of a live value.
 * @public
 */
export interface LiveChange<T> {
  readonly current: T;
  /** The value before; undefined for the first one. */
  readonly previous: T | undefined;
  /** Wall time in ms at which the change was seen. */
  readonly at: number;
  /** Whether a notification or a read told of the change. */
  readonly by: 'event' | 'read';
}

/**
 * A value that follows the platform. It is watched from the first `ready()` until `close()`, while it has a listener, and while a loop
 * over it runs. The subscription ends when nobody watches any more.
 * @public
 */
export interface LiveValue<T> extends AsyncIterable<LiveChange<T>> {
  /** The last value; undefined before the first one, and while nobody watches. */
  readonly current: T | undefined;
  /** Wall time in ms at which the platform last confirmed the value; undefined before the first one. */
  readonly at: number | undefined;
  /** Whether the last confirmation is older than `maxStaleMs`, or there is no value. */
  readonly isStale: boolean;
  /** How changes arrive: by notifications, or by reads at an interval. */
  readonly source: 'push' | 'poll';
  /** The error of the last read, if the last read failed. */
  readonly error: unknown;
  /**
   * Starts to watch, until `close()`. Settles with the first value.
   *
   * @throws the error of the read, such as the platform's 404. A later call waits for the next read.
   * @throws ClosedError after `close()`, and when the line closes.
   */
  ready(): Promise<T>;
  /**
   * Calls `listener` for each change. The returned function removes it.
   * @throws ConfigError for another event than `change`, and after `close()`.
   */
  on(event: 'change', listener: (change: LiveChange<T>) => void): Undo;
  /** Ends loops, removes listeners, and stops watching. */
  close(): void;
}
