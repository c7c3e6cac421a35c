/** What a topic told. */
export interface Notification {
  readonly kind: 'notification';
  /** The topic, for example `v2.users.<id>.presence`. */
  readonly topic: string;
  readonly body: unknown;
  readonly metadata: unknown;
}

/** A time in which something may have been told that nobody heard. Ask the API for the state of these topics. */
export interface Gap {
  readonly kind: 'gap';
  /** Topics concerned. */
  readonly topics: readonly string[];
  /** Wall time in ms: the last sign of life before it. */
  readonly from: number;
  /** Wall time in ms at which it was over. */
  readonly to: number;
  /** Why, in words. */
  readonly reason: string;
}

/** Events of notifications. */
export interface NotificationEvents {
  /** A topic told something. */
  notification: Notification;
  /** Something may have been missed. Told when it is over. */
  gap: Gap;
  /** A channel is connected and subscribed, for the first time or again. */
  connected: { channel: number; topics: number };
  /** A channel was lost; it is being recovered. */
  disconnected: { channel: number; topics: number; reason: string };
  /** An attempt to recover a channel failed; the next one comes after so long, or up to twice as long by chance. */
  recoveryFailed: { channel: number; error: unknown; retryInMs: number };
  /** The platform closes a socket soon. A new one is opened; the old one is kept until the new one is open, or it is closed. */
  moving: { channel: number; topics: number };
  /** The feed was closed. `channels`: so many of them may still have subscriptions at the platform, until they expire. */
  closed: { tookMs: number; channels: number };
}

/** Their names. */
export const NOTIFICATION_EVENTS: Readonly<Record<keyof NotificationEvents, true>> = {
  notification: true,
  gap: true,
  connected: true,
  disconnected: true,
  recoveryFailed: true,
  moving: true,
  closed: true,
};
