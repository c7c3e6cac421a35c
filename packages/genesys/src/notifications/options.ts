import { check, ConfigError, systemClock, systemRandom, type Check, type Clock, type Random } from '@holdline/core';
import { resolveHandshakes, type HandshakeOptions, type WebSocketClass } from '@holdline/websocket';

/**
 * Options of a notification feed. All are optional.
 * @public
 */
export interface NotificationOptions {
  /**
   * WebSocket class for the sockets.
   * @defaultValue the global `WebSocket` of browsers and of Node 22 and later
   */
  WebSocket?: WebSocketClass;
  /**
   * How sockets are opened. A WebSocket class that is guarded already keeps its own options.
   * @defaultValue on: see HandshakeOptions of `@holdline/websocket`
   */
  handshakes?: HandshakeOptions;
  /**
   * Maximum number of channels. Beyond its limit the platform evicts the oldest channel of any process. Leave some for other
   * processes of the same user and application.
   * @defaultValue 20 (the platform's limit per user and application)
   */
  maxChannels?: number;
  /**
   * Maximum number of topics on one channel.
   * @defaultValue 1,000 (the platform's limit)
   */
  topicsPerChannel?: number;
  /**
   * Time until the subscriptions of a channel are renewed, in ms, less up to a tenth at random. A renewal extends its life.
   * @defaultValue 79,200,000 (22 h: the platform ends a channel after 24)
   */
  resubscribeAfterMs?: number;
  /**
   * Silence after which a socket gets a ping, in ms.
   * @defaultValue 45,000 (ours: the platform's heartbeat comes every 30 s)
   */
  silenceMs?: number;
  /**
   * Time for the answer to a ping, in ms. Without an answer the channel counts as lost.
   * @defaultValue 10,000 (ours)
   */
  pongWithinMs?: number;
  /**
   * Delay before the second attempt to recover a channel, in ms. It doubles with each attempt, plus up to as much jitter.
   * @defaultValue 1,000 (ours)
   */
  baseDelayMs?: number;
  /**
   * Upper bound of the recovery delay before jitter, in ms.
   * @defaultValue 60,000 (ours)
   */
  maxDelayMs?: number;
  /**
   * Maximum number of items that an async iterator buffers. Beyond it the oldest are dropped, and a gap reports the loss.
   * @defaultValue 10,000 (ours)
   */
  maxBuffered?: number;
  /**
   * Time limit of `close()`, in ms. Requests of the feed are aborted after four fifths of it.
   * @defaultValue 5,000 (ours: half of the shortest common grace period, the 10 s of `docker stop`)
   */
  closeTimeoutMs?: number;
  /** Source of time. @defaultValue the system clock */
  clock?: Clock;
  /** Source of random numbers. @defaultValue `Math.random` */
  random?: Random;
}

const checkOptions = check.shape<NotificationOptions>({
  WebSocket: check.callable<never>() as Check<WebSocketClass>,
  handshakes: (value, key) => (check.isRecord(value) ? value : check.refuse(key, value, 'handshake options')),
  maxChannels: check.number({ min: 1, max: 20, integer: true }),
  topicsPerChannel: check.number({ min: 1, max: 1_000, integer: true }),
  resubscribeAfterMs: check.number({ above: 0, max: 86_400_000 }),
  silenceMs: check.number({ above: 0 }),
  pongWithinMs: check.number({ above: 0 }),
  baseDelayMs: check.number({ min: 0 }),
  maxDelayMs: check.number({ min: 0 }),
  maxBuffered: check.number({ min: 1, integer: true }),
  closeTimeoutMs: check.number({ min: 0 }),
  clock: (value, key) => (check.isRecord(value) ? (value as never) : check.refuse(key, value, 'a clock')),
  random: (value, key) => (check.isRecord(value) ? (value as never) : check.refuse(key, value, 'a random')),
});

/** Defaults of the options. */
export const NOTIFICATION_DEFAULTS = {
  maxChannels: 20,
  topicsPerChannel: 1_000,
  resubscribeAfterMs: 79_200_000,
  silenceMs: 45_000,
  pongWithinMs: 10_000,
  baseDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxBuffered: 10_000,
  closeTimeoutMs: 5_000,
} as const satisfies NotificationOptions;

/** Notification options with their defaults. */
export type ResolvedNotifications = Required<NotificationOptions>;

/** Checks notification options and adds the defaults. */
export function resolveNotifications(options: NotificationOptions): ResolvedNotifications {
  const given = checkOptions(options, '');
  const { WebSocket = (globalThis as { WebSocket?: WebSocketClass }).WebSocket, handshakes = {} } = given;
  if (!WebSocket)
    throw new ConfigError(
      'WebSocket must be given: this runtime has no global WebSocket (Node has one from version 22); use that of `ws`',
    );
  resolveHandshakes(handshakes);
  return {
    ...NOTIFICATION_DEFAULTS,
    clock: systemClock,
    random: systemRandom,
    ...given,
    handshakes,
    WebSocket,
  };
}
