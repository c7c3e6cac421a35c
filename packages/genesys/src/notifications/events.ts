/**
 * One message of a topic.
 * @public
 */
export interface Notification {
  readonly kind: 'notification';
  /** The topic, for example `v2.users.<id>.presence`. */
  readonly topic: string;
  readonly body: unknown;
  readonly metadata: unknown;
}

/**
 * A time in which notifications may be lost. Ask the API for the current state of these topics.
 * @public
 */
export interface Gap {
  readonly kind: 'gap';
  /** Topics that may have lost notifications. */
  readonly topics: readonly string[];
  /** Wall time in ms of the last message before the gap. */
  readonly from: number;
  /** Wall time in ms of the end of the gap. */
  readonly to: number;
  /** Cause, for logs. */
  readonly reason: string;
}

/**
 * Events of a notification feed.
 * @public
 */
export interface NotificationEvents {
  /** A topic has a new message. */
  notification: Notification;
  /** Notifications may be lost. Emitted at the end of the gap. */
  gap: Gap;
  /** A channel is connected and subscribed, at first or after a loss. */
  connected: { channel: number; topics: number };
  /** A channel was lost. Its recovery begins. */
  disconnected: { channel: number; topics: number; reason: string };
  /** An attempt to recover a channel failed. The next one follows after `retryInMs`, plus up to as much jitter. */
  recoveryFailed: { channel: number; error: unknown; retryInMs: number };
  /** The platform closes a socket soon. A new socket opens, and the old one stays until then. */
  moving: { channel: number; topics: number };
  /** The feed was closed. `channels` counts those that may still have subscriptions on the platform, until they expire. */
  closed: { tookMs: number; channels: number };
}

/** Names of the events. */
export const NOTIFICATION_EVENTS: Readonly<Record<keyof NotificationEvents, true>> = {
  notification: true,
  gap: true,
  connected: true,
  disconnected: true,
  recoveryFailed: true,
  moving: true,
  closed: true,
};
