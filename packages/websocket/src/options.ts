import { check, type Check, type Clock, type DeadLetterOptions, type Random, type Store } from '@holdline/core';
import { checkFrames, type FrameOptions } from './frames/options.js';
import { checkHandshakes, type HandshakeOptions } from './handshakes/options.js';

/**
 * Configuration of a guarded WebSocket class. Every option may be omitted.
 * @public
 */
export interface WebSocketConfig {
  /**
   * How sockets are opened.
   * @defaultValue on: see {@link HandshakeOptions}
   */
  handshakes?: HandshakeOptions;
  /**
   * How frames are sent on open sockets; `false`: directly by the native class.
   * @defaultValue on: see {@link FrameOptions}
   */
  frames?: FrameOptions | false;
  /**
   * Shares the quotas of handshakes and the session keys with other processes, and stores unsent frames.
   * @defaultValue none: each process has its own quotas and keys, and unsent frames are not stored
   */
  store?: Store;
  /**
   * How unsent frames are stored, to be replayed by `holdlineOf(Class).deadLetters`; `false`: not at all. `key` encrypts their
   * data.
   * @defaultValue on, if `store` is given and supports dead letters
   */
  deadLetters?: DeadLetterOptions | false;
  /** The source of time. @defaultValue the system clock */
  clock?: Clock;
  /** The source of randomness. @defaultValue `Math.random` */
  random?: Random;
}

const port =
  <T>(name: string): Check<T> =>
  (value, key) =>
    check.isRecord(value) ? (value as T) : check.refuse(key, value, `a ${name}`);

const configShape = check.shape<WebSocketConfig>({
  handshakes: checkHandshakes,
  frames: check.orFalse(checkFrames),
  store: port<Store>('store such as redisStore()'),
  // The line checks these options.
  deadLetters: (value) => value as DeadLetterOptions,
  clock: port<Clock>('clock'),
  random: port<Random>('random'),
});

/** Checks a {@link WebSocketConfig}. */
export const parseWebSocketConfig = (value: unknown): WebSocketConfig => configShape(value, '');
