import { check, type Check, type Clock, type DeadLetterOptions, type Random, type Store } from '@holdline/core';
import { checkFrames, type FrameOptions } from './frames/options.js';
import { checkHandshakes, type HandshakeOptions } from './handshakes/options.js';

/** Configuration of a guarded WebSocket class. Everything may be left out. */
export interface WebSocketConfig {
  /**
   * How sockets are opened.
   * @defaultValue on: see {@link HandshakeOptions}
   */
  handshakes?: HandshakeOptions;
  /**
   * How frames are sent on open sockets; `false`: as the native class does.
   * @defaultValue on: see {@link FrameOptions}
   */
  frames?: FrameOptions | false;
  /**
   * Shares the quotas of handshakes and the session keys with other processes, and keeps frames that were given up.
   * @defaultValue none: every process has its own, and none are kept
   */
  store?: Store;
  /**
   * How frames that were given up are kept, to be replayed by `holdlineOf(Class).deadLetters`; `false`: not at all. `key` encrypts
   * their data.
   * @defaultValue on, where `store` is given and has a place for them
   */
  deadLetters?: DeadLetterOptions | false;
  /** The source of time. @defaultValue the system's */
  clock?: Clock;
  /** The source of chance. @defaultValue `Math.random` */
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
  // Checked by the line that gets it.
  deadLetters: (value) => value as DeadLetterOptions,
  clock: port<Clock>('clock'),
  random: port<Random>('random'),
});

/** Checks a {@link WebSocketConfig}. */
export const parseWebSocketConfig = (value: unknown): WebSocketConfig => configShape(value, '');
