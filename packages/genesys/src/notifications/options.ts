import { check, ConfigError, systemClock, systemRandom, type Check, type Clock, type Random } from '@holdline/core';
import { resolveHandshakes, type HandshakeOptions, type WebSocketClass } from '@holdline/websocket';

/** Options of notifications. Everything may be left out. */
export interface NotificationOptions {
  /**
   * The class to make sockets with.
   * @defaultValue the global one, of browsers and of Node 22 and later
   */
  WebSocket?: WebSocketClass;
  /**
   * How sockets are opened. A class that is guarded already keeps its own.
   * @defaultValue on: see HandshakeOptions of `@holdline/websocket`
   */
  handshakes?: HandshakeOptions;
  /**
   * Channels at most. One more than the platform allows evicts the oldest, whosever it is: leave room for other processes of the
   * same user and application.
   * @defaultValue 20 (the platform's limit per user and application)
   */
  maxChannels?: number;
  /**
   * Topics of one channel at most.
   * @defaultValue 1,000 (the platform's limit)
   */
  topicsPerChannel?: number;
  /**
   * A channel is subscribed anew after so long, in ms, or up to a tenth earlier: it then lives on.
   * @defaultValue 79,200,000 (22 h: the platform ends a channel after 24)
   */
  resubscribeAfterMs?: number;
  /**
   * A socket that was silent for so long, in ms, is asked whether it still lives.
   * @defaultValue 45,000 (ours: the platform's heartbeat comes every 30 s)
   */
  silenceMs?: number;
  /**
   * A socket that does not answer to that within so long, in ms, is given up.
   * @defaultValue 10,000 (ours)
   */
  pongWithinMs?: number;
  /**
   * Delay before the second attempt to recover a channel, in ms; doubles with each, and has up to as much again added at random.
   * @defaultValue 1,000 (ours)
   */
  baseDelayMs?: number;
  /**
   * Upper bound of that delay before jitter, in ms.
   * @defaultValue 60,000 (ours)
   */
  maxDelayMs?: number;
  /**
   * Items an async iterator keeps for a slow reader. Beyond it the oldest are dropped, and a gap says so.
   * @defaultValue 10,000 (ours)
   */
  maxBuffered?: number;
  /**
   * Longest time for `close()`, in ms. Requests of the feed that wait or are on the wire get four fifths of it, then they are given up.
   * @defaultValue 5,000 (ours: half of the shortest common grace period, the 10 s of `docker stop`)
   */
  closeTimeoutMs?: number;
  /** The source of time. @defaultValue the system's */
  clock?: Clock;
  /** The source of chance. @defaultValue `Math.random` */
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

/** Options in force where the user gave none. */
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

/** Checks notification options and adds what they leave out. */
export function resolveNotifications(options: NotificationOptions): ResolvedNotifications {
  const given = checkOptions(options, '');
  const { WebSocket = (globalThis as { WebSocket?: WebSocketClass }).WebSocket, handshakes = {} } = given;
  if (!WebSocket)
    throw new ConfigError(
      'WebSocket must be given: this runtime has no global one (Node has it from version 22). The class of `ws` will do',
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
