import { check, type Check } from '@holdline/core';
import {
  resolveNotifications,
  type NotificationOptions,
  type ResolvedNotifications,
} from '../notifications/options.js';

/**
 * Options of live values. All are optional.
 * @public
 */
export interface LiveOptions {
  /**
   * Age of the last confirmation in ms from which a value counts as stale and is read again. While the channel of a value is connected,
   * every message of the channel confirms the value, such as the heartbeat every 30 s.
   * @defaultValue 60,000 (`silenceMs` + `pongWithinMs`, after which a cut socket is noticed, + 5,000 for the read)
   */
  maxStaleMs?: number;
  /**
   * Interval of the reads that find changes whose notification the platform lost, in ms, plus up to a tenth at random.
   * @defaultValue 300,000 (the vendor advises that data 1 to 5 minutes old is fine in most cases)
   */
  reconcileMs?: number;
  /**
   * Interval of the reads of values without a topic, and of topics beyond the limits of the channels, in ms.
   * @defaultValue 30,000 (ours: half of `maxStaleMs`)
   */
  pollMs?: number;
  /**
   * `'auto'`: repeated GETs of a user's presence or routing status subscribe to its topic, and are then answered from the live value.
   * @defaultValue none: only values that somebody asks for are watched
   */
  push?: 'auto';
  /**
   * Number of GETs of one resource within `withinMs` that start a subscription, with `push: 'auto'`.
   * @defaultValue 3 (ours)
   */
  repeats?: number;
  /**
   * Time for `repeats` GETs, in ms.
   * @defaultValue 60,000 (ours)
   */
  withinMs?: number;
  /**
   * Time without a GET after which the subscription ends, in ms, with `push: 'auto'`.
   * @defaultValue 300,000 (ours)
   */
  idleMs?: number;
  /**
   * Largest number of resources that `push: 'auto'` subscribes to.
   * @defaultValue 1,000 (the platform's limit on the topics of one channel)
   */
  maxAutomatic?: number;
  /**
   * Options of the notification channels.
   * @defaultValue those of `notifications()`
   */
  notifications?: NotificationOptions;
}

const checkOptions = check.shape<LiveOptions>({
  maxStaleMs: check.number({ above: 0 }),
  reconcileMs: check.number({ above: 0 }),
  pollMs: check.number({ above: 0 }),
  push: check.oneOf('auto'),
  repeats: check.number({ min: 1, integer: true }),
  withinMs: check.number({ above: 0 }),
  idleMs: check.number({ above: 0 }),
  maxAutomatic: check.number({ min: 1, integer: true }),
  notifications: ((value, key) =>
    check.isRecord(value) ? value : check.refuse(key, value, 'notification options')) as Check<NotificationOptions>,
});

/** Defaults of the options. */
const DEFAULTS = {
  reconcileMs: 300_000,
  repeats: 3,
  withinMs: 60_000,
  idleMs: 300_000,
  maxAutomatic: 1_000,
} as const satisfies LiveOptions;

/** Time for a read after a lost channel, in ms. */
const READ_MS = 5_000;

/** Live options with their defaults. */
export type ResolvedLive = Required<Omit<LiveOptions, 'push' | 'notifications'>> & {
  readonly push: 'auto' | undefined;
  readonly notifications: ResolvedNotifications;
};

/** Checks live options and adds the defaults. */
export function resolveLive(options: LiveOptions): ResolvedLive {
  const given = checkOptions(options, '');
  const notifications = resolveNotifications(given.notifications ?? {});
  const { maxStaleMs = notifications.silenceMs + notifications.pongWithinMs + READ_MS } = given;
  return { ...DEFAULTS, pollMs: maxStaleMs / 2, push: undefined, ...given, maxStaleMs, notifications };
}
