import type { Undo } from '@holdline/core';
import type { LiveEvents } from './events.js';
import type { TopicName } from './topics.js';
import type {
  LiveConversationSummary,
  LiveObservation,
  LiveOutOfOffice,
  LivePresence,
  LiveQueueMember,
  LiveRoutingStatus,
  LiveStations,
  LiveValue,
} from './types.js';

/**
 * The live values of one user. Each access makes a new value. Values of the same resource share one subscription.
 * @public
 */
export interface UserValues {
  readonly presence: LiveValue<LivePresence>;
  readonly routingStatus: LiveValue<LiveRoutingStatus>;
  readonly outOfOffice: LiveValue<LiveOutOfOffice>;
  /** The notification has a part of it only, so each notification leads to a read. */
  readonly station: LiveValue<LiveStations>;
  readonly conversationSummary: LiveValue<LiveConversationSummary>;
}

/**
 * The live values of one queue.
 * @public
 */
export interface QueueValues {
  /** The observations by medium, such as `oWaiting` and `oInteracting`. */
  readonly observations: LiveValue<readonly LiveObservation[]>;
  /** All members, at most 10,000. Each notification leads to a read of all pages, at most one per second. */
  readonly members: LiveValue<readonly LiveQueueMember[]>;
}

/**
 * Values that follow the platform.
 * @public
 */
export interface Live {
  /** Number of resources that somebody watches. */
  readonly watched: number;
  user(id: string): UserValues;
  queue(id: string): QueueValues;
  /**
   * The value of any topic that the platform has and a GET can read. Each notification leads to a read. The value of a topic without a
   * GET is the body of its last notification, so `ready()` settles with `undefined` when the topic is subscribed to.
   *
   * @param parameters - The values of the parameters in the name.
   * @throws ConfigError for an unknown topic, and for a parameter that is missing.
   * @example
   * ```ts
   * import type { Live } from '@holdline/genesys';
   *
   * declare const values: Live;
   * const campaign = values.topic<{ campaignStatus: string }>('v2.outbound.campaigns.{id}', { id: '4711' });
   * console.log((await campaign.ready()).campaignStatus);
   * ```
   */
  topic<T>(name: TopicName, parameters?: Readonly<Record<string, string>>): LiveValue<T>;
  /**
   * The answer of a GET without a topic, read at the interval `pollMs` once for all who watch it.
   *
   * @param path - Path with its query, such as `/api/v2/routing/settings`.
   */
  path<T>(path: string): LiveValue<T>;
  /** Calls `listener` for each event. The returned function removes it. */
  on<E extends keyof LiveEvents>(event: E, listener: (event: LiveEvents[E]) => void): Undo;
  /** Closes all values and their channels. Settles within `closeTimeoutMs` of the notification options. */
  close(): Promise<void>;
}
